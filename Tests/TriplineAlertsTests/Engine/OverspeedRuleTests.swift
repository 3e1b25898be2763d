import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

/// Rules of overspeed inside of fences. Synthetic: a van on a street at 72 km/h, positions in metres.
@Suite struct OverspeedRuleTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let text = """
    version: 1
    rules:
      - {alert: School, when: {overspeed: {fence: {tag: school}}}}
      - {alert: Serious, when: {overspeed: {tier: extreme, fence: {id: town}}}}
      - {alert: Anywhere, when: {overspeed: {}}}
    """
  private let fences: FenceSet
  private let rules: [AlertRule]

  init() throws {
    func circle(_ meters: Double) -> Coordinate { Coordinate(latitude: 50, longitude: 14 + meters / 71_695) }
    fences = try FenceSet([
      Fence(
        id: "school", name: "School", shape: .circle(center: circle(0), radius: 400), tags: ["school"],
        speedLimit: 30 / 3.6),
      // 100 m of it are too short to be too fast in.
      Fence(id: "corner", shape: .circle(center: circle(440), radius: 45), tags: ["school"]),
      Fence(id: "town", shape: .circle(center: circle(0), radius: 2000), speedLimit: 50 / 3.6),
    ])
    rules = try AlertConfiguration(Self.text, file: "rules.yaml").rules
  }

  /// From so many metres to as many on the other side, a fix every two seconds.
  private func input(_ half: Double, speed: Double = 20) -> InputFile {
    let lines = (0...Int(half / speed)).map { index in
      let meters = -half + 2 * speed * Double(index)
      return "van,\(Timestamp.text(Self.start + Int64(index) * 2000) ?? ""),50,\(14 + meters / 71_695),\(speed)"
    }
    let text = "vehicle_id,time,lat,lon,speed_mps\n" + lines.joined(separator: "\n") + "\n"
    return InputFile(bytes: Array(text.utf8), name: "drive.csv")
  }

  /// What happens behind each fix.
  enum Interruption: CaseIterable {
    case none, restart, reload
  }

  private func live(_ input: InputFile, _ interruption: Interruption = .none) throws -> [Alert] {
    var engine = AlertEngine(RuleBook(rules), fences: fences)
    engine.setVehicle(0, id: "van", name: "van")
    var alerts: [String: Alert] = [:]
    for fix in RecordedInputs([input]).tracks.flatMap(\.fixes) {
      for change in engine.process([fix]).changes { alerts[change.alert.id] = change.alert }
      switch interruption {
      case .none: break
      case .restart:
        let states = try (0..<AlertEngine.shardCount).map { try engine.state(ofShard: $0).reread() }
        engine = try AlertEngine(restoring: states, RuleBook(rules), fences: fences)
        engine.setVehicle(0, id: "van", name: "van")
      case .reload: #expect(engine.replace(RuleBook(rules), fences: fences, at: fix.time).changes.isEmpty)
      }
    }
    return alerts.values.sorted { ($0.startsAt, $0.rule) < ($1.startsAt, $1.rule) }
  }

  @Test(arguments: Interruption.allCases)
  func `C49: too fast inside of a fence is told of each fence in which it was so for long enough`(
    interruption: Interruption
  ) async throws {
    let input = input(4000)
    let alerts = try live(input, interruption)
    // From 2,000 m before the middle on 50 km/h are allowed, from 400 m on 30, 50 again behind it.
    #expect(alerts.map(\.rule).sorted() == ["Anywhere", "School", "Serious"])
    let school = try #require(alerts.first { $0.rule == "School" })
    #expect(school.fenceID == "school" && school.fenceName == "School" && school.kind == "vehicle.overspeed")
    #expect(abs(school.startsAt - Self.start - 180_000) < 1000)
    #expect(abs((school.resolvedAt ?? 0) - Self.start - 220_000) < 1000)
    #expect(school.reason.hasPrefix("72 km/h where 30 km/h are allowed"))
    #expect(alerts.first { $0.rule == "Serious" }?.fenceID == "town")
    let backtest = try await Backtest(rules, fences: fences, jobs: 1).run([input]).alerts
    #expect(backtest.sorted { ($0.startsAt, $0.rule) < ($1.startsAt, $1.rule) } == alerts)
  }

  @Test func `who keeps to the limits is told of nowhere`() throws { #expect(try live(input(3000, speed: 8)).isEmpty) }
}
