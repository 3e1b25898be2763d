import Testing

@testable import TriplineAlerts
@testable import TriplineCore

/// Rules of inside, outside, silence and crossings by themselves, with events made by hand.
@Suite struct StateRuleTests {
  private static let place = Coordinate(latitude: 50, longitude: 14)
  private let fences: FenceSet
  private let van = AlertMachine.Vehicle(index: 0, id: "van")

  init() throws {
    fences = try FenceSet([
      Fence(id: "yard", shape: .circle(center: Self.place, radius: 200), tags: ["depot"]),
      Fence(id: "dock", shape: .circle(center: Coordinate(latitude: 50, longitude: 14.01), radius: 200)),
    ])
  }

  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  private func event(_ kind: RuleEvent.Kind, _ fence: String, at time: Int64, decided: Int64? = nil) throws -> Event {
    .rule(
      RuleEvent(
        kind: kind, rule: 0, vehicle: 0, fence: try #require(fences.index(of: fence)), time: time,
        coordinate: Self.place, decidedTime: decided ?? time, isBySilence: false, fixesFor: 1, accuracy: 0))
  }

  private func travel(from start: Int64, to end: Int64) -> Event {
    .travel(
      Travel(
        vehicle: 0, sequence: 0, startTime: start, endTime: end, start: Self.place, end: Self.place, isInferable: true))
  }

  private func names(_ changes: [AlertChange]) -> [String] {
    changes.map { change in
      switch change {
      case .fired(let alert): "+\(alert.rule)"
      case .resolved(let alert): "-\(alert.rule)"
      }
    }
  }

  @Test(arguments: [true, false])
  func `from a fence into the one beside it nobody is outside, in whatever order the two are told`(exitFirst: Bool)
    throws
  {
    var machine = AlertMachine(RuleBook(try rules("  - {alert: Out, when: {outside: {}}}\n")))
    var changes = machine.take(try event(.start, "yard", at: 1000), of: van, in: fences)
    let exit = try event(.exit, "yard", at: 2000, decided: 5000)
    let enter = try event(.enter, "dock", at: 3000, decided: 5000)
    for event in exitFirst ? [exit, enter] : [enter, exit] { changes += machine.take(event, of: van, in: fences) }
    changes += machine.settle()
    #expect(changes.isEmpty)
    // Out of the last one, it is.
    changes += machine.take(try event(.exit, "dock", at: 6000, decided: 8000), of: van, in: fences)
    #expect(changes.isEmpty)
    changes += machine.settle()
    let alert = try #require(changes.first?.alert)
    #expect(names(changes) == ["+Out"] && alert.startsAt == 6000 && alert.decidedAt == 8000)
    #expect(alert.fenceID == nil && alert.labels["fence"] == nil && alert.kind == "geofence.outside")
    let back = machine.take(try event(.enter, "yard", at: 9000, decided: 9500), of: van, in: fences)
    #expect(names(back) == ["-Out"] && back.first?.alert.resolvedAt == 9000 && machine.current.isEmpty)
  }

  @Test func `an exit and a later entry are two things, also where they are taken together`() throws {
    var machine = AlertMachine(RuleBook(try rules("  - {alert: Out, when: {outside: {}}}\n")))
    var changes = machine.take(try event(.start, "yard", at: 1000), of: van, in: fences)
    changes += machine.take(try event(.exit, "yard", at: 2000, decided: 5000), of: van, in: fences)
    changes += machine.take(try event(.enter, "dock", at: 3000, decided: 5001), of: van, in: fences)
    #expect(names(changes) == ["+Out", "-Out"])
  }

  @Test func `a fence that is gone makes nobody outside before the next fix`() throws {
    var machine = AlertMachine(RuleBook(try rules("  - {alert: Out, when: {outside: {}}}\n")))
    _ = machine.take(try event(.start, "yard", at: 1000), of: van, in: fences)
    guard case .rule(var exit) = try event(.exit, "yard", at: 2000) else { return }
    exit.reason = .fenceRemoved
    #expect(machine.take(.rule(exit), of: van, in: fences).isEmpty && machine.settle().isEmpty)
    let told = machine.take(travel(from: 1500, to: 3000), of: van, in: fences)
    #expect(names(told) == ["+Out"] && told.first?.alert.decidedAt == 3000)
  }

  @Test func `a silence that comes back before keep_firing_for is over is no new alert`() throws {
    let minute: Int64 = 60_000
    var machine = AlertMachine(
      RuleBook(try rules("  - {alert: Quiet, when: {silent: {longer_than: 30m}}, keep_firing_for: 1h}\n")))
    // Exactly half an hour is not longer than that.
    #expect(machine.take(travel(from: 0, to: 30 * minute), of: van, in: fences).isEmpty)
    let first = machine.take(travel(from: 30 * minute, to: 70 * minute), of: van, in: fences)
    #expect(names(first) == ["+Quiet"] && first.first?.alert.startsAt == 60 * minute)
    #expect(first.first?.alert.decidedAt == 60 * minute && first.first?.alert.coordinate == Self.place)
    #expect(machine.take(travel(from: 70 * minute, to: 110 * minute), of: van, in: fences).isEmpty)
    #expect(machine.take(travel(from: 110 * minute, to: 111 * minute), of: van, in: fences).isEmpty)
    let over = machine.advance(to: 300 * minute)
    #expect(names(over) == ["-Quiet"] && over.first?.alert.resolvedAt == 170 * minute)
  }

  @Test func `of two lengths of silence each is told at its own`() throws {
    let text = """
        - {alert: Long, when: {silent: {longer_than: 1h}}}
        - {alert: Short, when: {silent: {longer_than: 10m}}}
      """
    var machine = AlertMachine(RuleBook(try rules(text)))
    let told = machine.noteSilence(of: van, since: 0, until: 600_001)
    #expect(names(told) == ["+Short"] && told.first?.alert.startsAt == 600_000)
    // It has been told, and is not again.
    #expect(machine.noteSilence(of: van, since: 0, until: 700_000).isEmpty)
    let rest = machine.take(travel(from: 0, to: 3_600_001), of: van, in: fences)
    #expect(names(rest) == ["-Short", "+Long", "-Long"])
    #expect(rest.allSatisfy { $0.alert.resolvedAt == nil || $0.alert.resolvedAt == 3_600_001 })
  }

  @Test func `a crossing is told of the fences that are meant, and is over at once`() throws {
    let text = """
        - {alert: Any, when: {cross: {}}}
        - {alert: Depot, when: {cross: {fence: {tag: depot}}}}
        - {alert: Dock, when: {cross: {fence: {id: dock}}}}
        - {alert: Other, when: {cross: {}}, vehicles: {ids: [other]}}
      """
    var machine = AlertMachine(RuleBook(try rules(text)))
    let event = FenceEvent(
      kind: .cross, isInterpolated: true, vehicle: 0, fence: try #require(fences.index(of: "yard")), sequence: 2,
      time: 2000, coordinate: Self.place, exitTime: 4000, exitCoordinate: Self.place, previousFixTime: 1000,
      fixTime: 61_000)
    let told = machine.take(.fence(event), of: van, in: fences)
    #expect(names(told) == ["+Any", "-Any", "+Depot", "-Depot"])
    let alert = told[1].alert
    #expect(alert.startsAt == 2000 && alert.decidedAt == 61_000 && alert.resolvedAt == 4000)
    #expect(alert.kind == "geofence.cross" && alert.fenceID == "yard" && alert.reason.contains("1 min 0 s apart"))
    #expect(machine.current.isEmpty)
  }

  @Test(
    arguments: [
      ("cross: {}", "g7bfdlydl6m5nst2jlzxj77y6k"), ("cross: {fence: {tag: depot}}", "kk2ailqro4457laaqkhel72hhs"),
      ("inside: {}", "o7zymget73n5uruuehgthf3po6"), ("outside: {fence: {id: yard}}", "gpppepz4hhrdmn45hhq7yrt5cn"),
      ("silent: {longer_than: 30m}", "qc2euu5oyt7qd5jgoza6mtavh5"),
    ])
  func `the revision of a rule of a state stays what it is`(when: String, revision: String) throws {
    #expect(try rules("  - {alert: A, when: {\(when)}}")[0].revision == revision)
  }

  @Test(
    arguments: [
      ("when: {silent: {}}", "silent needs longer_than, like 30m"),
      ("when: {silent: {longer_than: 0s}}", "silent needs longer_than, like 30m"),
      ("when: {silent: {longer_than: 30}}", "longer_than has to be a length of time with its unit"),
      ("when: {silent: {longer_than: 30m}}, for: 5m", "only rules of enter, exit, inside and outside have a for"),
      (
        "when: {cross: {}}, keep_firing_for: 5m",
        "only rules of what lasts go on firing"
      ),
      ("when: {cross: {}}, enter: {fixes: 2}", "has no enter"),
      ("when: {inside: {longer_than: 5m}}", "inside has no longer_than"),
      ("when: {absent: {}}", "when has to be one of enter, exit, dwell, cross, inside, outside, silent, overspeed"),
    ])
  func `a mistake in a rule of a state is told with its line`(text: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try rules("  - {alert: A, \(text)}") }
    let told = try #require(error).description
    #expect(told.contains(message) && told.hasPrefix("rules.yaml:3:"), "\(told)")
  }

  @Test func `for holds for entries of inside and for exits of outside`() throws {
    let text = """
        - {alert: In, when: {inside: {fence: {id: yard}}}, for: 5m, keep_firing_for: 1m}
        - {alert: Out, when: {outside: {fence: {tag: depot}}}, for: 7m}
      """
    let rules = try rules(text)
    #expect(rules.map(\.trigger) == [.inside, .outside] && rules[0].keepFiringFor == 60_000)
    #expect(rules[0].conditions.enter.duration == 300_000 && rules[1].conditions.exit.duration == 420_000)
    #expect(rules[0].fences == .ids(["yard"]) && rules[1].fences == .tags(["depot"]))
  }
}
