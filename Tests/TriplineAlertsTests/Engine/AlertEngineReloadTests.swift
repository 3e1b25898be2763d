import Testing
import TriplineCore

@testable import TriplineAlerts

/// Other fences and another patience while vehicles are on their way. Synthetic: a van in a depot, or on its way out of it.
@Suite struct AlertEngineReloadTests {
  private static let start: Int64 = 1_700_000_000_000
  private let depot = Coordinate(latitude: 50, longitude: 14)

  private func fences(tags: Set<String>) throws -> FenceSet {
    try FenceSet([
      Fence(id: "depot", shape: .circle(center: depot, radius: 200), tags: tags),
      Fence(
        id: "far", shape: .circle(center: Coordinate(latitude: 51, longitude: 14), radius: 200), tags: ["home", "work"]),
    ])
  }

  private func book(_ text: String) throws -> RuleBook {
    RuleBook(try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules)
  }

  private func engine(
    _ text: String, tags: Set<String> = [], _ patience: AlertEngine.Patience = .init()
  ) throws -> AlertEngine {
    let engine = AlertEngine(try book(text), fences: try fences(tags: tags), patience: patience)
    engine.setVehicle(0, id: "van", name: "Van")
    return engine
  }

  private func fix(_ seconds: Int64, inside: Bool) -> Fix {
    Fix(
      vehicle: 0, time: Self.start + seconds * 1000, latitude: inside ? 50 : 50.01, longitude: 14, accuracy: 5)
  }

  private static let tagged = """
      - {alert: Away, when: {outside: {fence: {tag: home}}}}
      - {alert: Home, when: {inside: {fence: {tag: home}}}}
      - {alert: Gone, when: {exit: {fence: {tag: home}}}}
      - {alert: Long, when: {dwell: {longer_than: 10m, fence: {tag: home}}}}
    """

  @Test func `C22: a fence that gets a tag is a new one for the rules that go by it, and one that loses it is gone`()
    throws
  {
    let engine = try engine(Self.tagged)
    #expect(engine.process([fix(0, inside: true), fix(60, inside: true)]).changes.map(\.alert.rule) == ["Away"])
    let book = engine.book
    var outcome = engine.replace(book, fences: try fences(tags: ["home"]), at: fix(90, inside: true).time)
    #expect(
      outcome.changes.map(\.alert.rule) == ["Home", "Away"] || outcome.changes.map(\.alert.rule) == ["Away", "Home"])
    #expect(engine.standing.map(\.rule) == ["Home"])
    // The stay of the rule begins with the tag.
    let stay = engine.process((2...15).map { fix(Int64($0) * 60, inside: true) }).changes
    #expect(stay.map(\.alert.rule) == ["Long"] && stay.allSatisfy { $0.alert.decidedAt >= fix(690, inside: true).time })
    outcome = engine.replace(book, fences: try fences(tags: []), at: fix(910, inside: true).time)
    #expect(Set(outcome.changes.map(\.alert.rule)) == ["Home", "Long"] && engine.standing.isEmpty)
    // What a change of fences makes of a vehicle is seen with its next fix.
    #expect(engine.process([fix(960, inside: true), fix(990, inside: false)]).changes.map(\.alert.rule) == ["Away"])
  }

  @Test func `C22: what fired for having left a fence is over when that loses the tag of the rule`() throws {
    let engine = try engine(Self.tagged, tags: ["home"])
    _ = engine.process([fix(0, inside: true), fix(60, inside: false), fix(120, inside: false)])
    #expect(engine.standing.map(\.rule).sorted() == ["Away", "Gone"])
    _ = engine.replace(engine.book, fences: try fences(tags: []), at: fix(150, inside: false).time)
    #expect(engine.standing.map(\.rule) == ["Away"])
  }

  @Test func `a window of reordering that is taken away holds nothing back any more`() throws {
    var patience = AlertEngine.Patience()
    patience.reorderWindow = 120_000
    let engine = try engine("  - {alert: Out, when: {exit: {}}}\n", patience)
    #expect(engine.process([fix(0, inside: true), fix(60, inside: false), fix(70, inside: false)]).changes.isEmpty)
    let told = engine.replace(engine.book, patience: AlertEngine.Patience(), at: fix(71, inside: false).time).changes
    #expect(told.map(\.alert.rule) == ["Out"])
  }

  @Test func `the first fix of a vehicle, from before a change of the fences, makes it no older there`() throws {
    let text = "  - {alert: Long, when: {dwell: {longer_than: 30m}}}\n"
    let engine = AlertEngine(try book(text), fences: try FenceSet([]))
    engine.setVehicle(0, id: "van", name: "Van")
    let now = fix(1800, inside: true).time
    #expect(engine.replace(engine.book, fences: try fences(tags: []), at: now).changes.isEmpty)
    #expect(engine.process([fix(0, inside: true), fix(1805, inside: true)]).changes.isEmpty)
    let stay = engine.process((1...61).map { fix(1805 + $0 * 30, inside: true) }).changes
    #expect(stay.map(\.alert.decidedAt) == [fix(1805 + 60 * 30, inside: true).time])
  }
}
