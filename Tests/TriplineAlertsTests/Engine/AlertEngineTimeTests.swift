import Testing
import TriplineCore
import TriplineFormats

@testable import TriplineAlerts

/// Time that goes on between fixes brings about nothing that a replay of the fixes alone has not. Synthetic.
@Suite struct AlertEngineTimeTests {
  private static let start: Int64 = 1_700_000_000_000

  private func engine(
    _ text: String, _ patience: AlertEngine.Patience, vehicles: [String] = ["van"]
  ) throws -> AlertEngine {
    let rules = try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
    let yard = Fence(id: "yard", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200))
    let engine = AlertEngine(RuleBook(rules), fences: try FenceSet([yard]), patience: patience)
    for (index, id) in vehicles.enumerated() { engine.setVehicle(UInt32(index), id: id, name: id) }
    return engine
  }

  private func patience(window: Int64 = 0) -> AlertEngine.Patience {
    var patience = AlertEngine.Patience()
    patience.reorderWindow = window * 1000
    return patience
  }

  private func fix(_ seconds: Int64, inside: Bool, of vehicle: UInt32 = 0) -> Fix {
    Fix(
      vehicle: vehicle, time: Self.start + seconds * 1000, latitude: inside ? 50 : 50.01, longitude: 14, accuracy: 5)
  }

  /// What comes of fixes that come at once, with time that goes on each second up to a second behind the first one, or only then.
  private func changes(
    _ fixes: [Fix], in engine: AlertEngine, until end: Int64, ticks: Bool
  ) -> [AlertChange] {
    var changes: [AlertChange] = []
    var place = 0
    for second in 0...end {
      let now = Self.start + second * 1000
      while place < fixes.count, fixes[place].time <= now {
        changes += engine.process([fixes[place]]).changes
        place += 1
      }
      if ticks || second == end { changes += engine.advance(to: now).changes }
    }
    return changes
  }

  @Test(arguments: [0, 60, 120, 600] as [Int64])
  func `what goes on firing for a while is not over before all of that time has come`(window: Int64) throws {
    let text = "  - {alert: Out, when: {exit: {}}, keep_firing_for: 30s}\n"
    // Out at 60 s, back at 80 s, out again at 100 s, back for good at 200 s.
    let fixes = (0...40).map { index -> Fix in
      let second = Int64(index) * 10
      return fix(second, inside: !(60..<80).contains(second) && !(100..<200).contains(second))
    }
    let live = changes(fixes, in: try engine(text, patience(window: window)), until: 2000, ticks: true)
    let replay = changes(fixes, in: try engine(text, patience(window: window)), until: 2000, ticks: false)
    #expect(live == replay && live.count == 2)
  }

  @Test func `what goes on firing for a while is not over before what silence decides about that time is decided`()
    throws
  {
    let text = "  - {alert: Out, when: {exit: {}}, keep_firing_for: 2m, exit: {for: 30s}}\n"
    // Out, back at 130 s, out again at 170 s, and silent.
    let fixes = (0...19).map { index in
      let second = Int64(index) * 10
      return fix(second, inside: second < 20 || (130..<170).contains(second))
    }
    let live = changes(fixes, in: try engine(text, patience()), until: 2000, ticks: true)
    let replay = changes(fixes, in: try engine(text, patience()), until: 2000, ticks: false)
    #expect(live == replay && live.count == 1)
  }

  @Test(arguments: [0, 120, 600, 1800] as [Int64])
  func `two that stay near one another are near once, however long fixes are waited for`(window: Int64) throws {
    let text = "  - {alert: Near, when: {proximity: {within: 100m}}}\n"
    let fixes = (0...60).flatMap { index in
      [fix(Int64(index) * 30, inside: true), fix(Int64(index) * 30, inside: true, of: 1)]
    }
    let engine = try engine(text, patience(window: window), vehicles: ["a", "b"])
    let live = changes(fixes, in: engine, until: 1800 + window + 600, ticks: true)
    #expect(live.count == 2 && Set(live.map(\.alert.id)).count == 1)
    #expect(live.last?.alert.resolvedAt == Self.start + 1_800_000)
  }

  @Test func `an idle vehicle whose last fix may have been one of leaving is over in silence as any other`() throws {
    let text = "  - {alert: Idle, when: {idle: {longer_than: 10m}}}\n"
    let engine = try engine(text, patience())
    var fixes = (0...20).map { index in
      var fix = fix(Int64(index) * 60, inside: true)
      fix.ignition = true
      return fix
    }
    var last = fix(1260, inside: false)
    last.ignition = true
    fixes.append(last)
    let live = changes(fixes, in: engine, until: 2000, ticks: true)
    #expect(live.count == 2 && live.last?.alert.resolvedAt == last.time && engine.standing.isEmpty)
  }
}
