import Testing
import TriplineTesting

@testable import TriplineAlerts
@testable import TriplineCore

/// A vehicle on a straight street, and a fence of 200 m around its middle; positions in metres from there.
@Suite struct AlertMachineTests {
  private static let center = Coordinate(latitude: 48, longitude: 17)

  private struct Step {
    var seconds: Int64
    var meters: Double
  }

  private func fix(_ step: Step, sequence: Int) -> Fix {
    Fix(
      vehicle: 0, time: 1_780_000_000_000 + step.seconds * 1000, latitude: 48,
      longitude: 17 + step.meters / 74_625, speed: 10, accuracy: 5, sequence: UInt32(sequence))
  }

  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  /// All changes, where fixes come `batch` at once.
  private func changes(_ steps: [Step], _ rules: [AlertRule], batch: Int = 1000, ends: Bool = true) throws
    -> [AlertChange]
  {
    let book = RuleBook(rules)
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = book.fenceRules
    if book.needsScores { configuration.scoring = ScoringParameters() }
    configuration.reportsTravel = book.needsTravel
    var engine = Engine(
      fences: try FenceSet([Fence(id: "depot", name: "Depot", shape: .circle(center: Self.center, radius: 200))]),
      configuration: configuration)
    var machine = AlertMachine(book)
    var events = EventBuffer()
    var changes: [AlertChange] = []
    let vehicle = AlertMachine.Vehicle(index: 0, id: "4711", name: "Van 42")
    func take() {
      for event in events.events { changes += machine.take(event, of: vehicle, in: engine.fences) }
      events.removeAll()
    }
    let fixes = steps.enumerated().map { fix($0.element, sequence: $0.offset + 1) }
    for start in stride(from: 0, to: fixes.count, by: batch) {
      engine.process(Array(fixes[start..<min(start + batch, fixes.count)]).span, into: &events)
      take()
    }
    if ends {
      engine.finish(into: &events)
      take()
      changes += machine.end(vehicle)
    }
    return changes
  }

  /// A drive from a kilometre before the fence to a kilometre behind it, with a stay of so many seconds in the middle.
  private func drive(stay: Int64 = 0, from start: Int64 = 0) -> [Step] {
    let there = (0...100).map { Step(seconds: start + $0, meters: -1000 + Double($0) * 10) }
    let stays = (1...max(1, stay)).map { Step(seconds: start + 100 + $0, meters: 0) }
    let back = (1...100).map { Step(seconds: start + 100 + stay + $0, meters: Double($0) * 10) }
    return there + (stay > 0 ? stays : []) + back
  }

  private func names(_ changes: [AlertChange]) -> [String] {
    changes.map { change in
      switch change {
      case .fired(let alert): "+\(alert.rule)"
      case .resolved(let alert): "-\(alert.rule)"
      }
    }
  }

  @Test func `an alert of an entry fires once, and is over with the exit`() throws {
    let changes = try changes(
      drive(),
      try rules("  - {alert: In, when: {enter: {}}, annotations: {summary: '{{vehicle.name}} in {{fence.name}}'}}"))
    #expect(names(changes) == ["+In", "-In"])
    let alert = changes[1].alert
    #expect(abs(alert.startsAt - 1_780_000_080_000) < 1000 && abs((alert.resolvedAt ?? 0) - 1_780_000_120_000) < 1000)
    #expect(alert.annotations == ["summary": "Van 42 in Depot"])
    #expect(alert.labels == ["alertname": "In", "vehicle": "4711", "fence": "depot"])
    #expect(alert.reason.contains("2 fixes say so") && alert.id.hasPrefix("alrt_") && !alert.id.contains("."))
  }

  @Test func `a dwell fires when it is reached, to the second`() throws {
    let rule = try rules("  - {alert: Long, when: {dwell: {longer_than: 2m}}}")
    // Inside from 80 s before the middle's end on: 20 s before it, the stay, 20 s behind it.
    let long = try changes(drive(stay: 90), rule)
    #expect(names(long) == ["+Long", "-Long"])
    let alert = long[0].alert
    #expect(alert.reason.contains("inside for 2 min"))
    #expect(abs(alert.startsAt - 1_780_000_200_000) < 1500, "\(alert.startsAt)")
    #expect(try changes(drive(stay: 60), rule).isEmpty)
  }

  @Test func `what comes back before keep_firing_for is over is no new alert`() throws {
    // Twice through the fence, with a minute between.
    let twice = drive() + drive(from: 201)
    let plain = try changes(twice, try rules("  - {alert: In, when: {enter: {}}}"))
    #expect(names(plain) == ["+In", "-In", "+In", "-In"])
    let kept = try changes(twice, try rules("  - {alert: In, when: {enter: {}}, keep_firing_for: 10m}"))
    #expect(names(kept) == ["+In", "-In"])
    #expect(kept[0].alert.id == kept[1].alert.id)
    #expect((kept[1].alert.resolvedAt ?? 0) > 1_780_000_321_000 + 590_000)
    let short = try changes(twice, try rules("  - {alert: In, when: {enter: {}}, keep_firing_for: 30s}"))
    #expect(names(short) == ["+In", "-In", "+In", "-In"] && short[0].alert.id != short[2].alert.id)
  }

  @Test func `of vehicles that a rule is not about nothing is told`() throws {
    #expect(try changes(drive(), try rules("  - {alert: In, when: {enter: {}}, vehicles: {ids: ['1']}}")).isEmpty)
    #expect(try changes(drive(), try rules("  - {alert: In, when: {enter: {}}, vehicles: {ids: ['4711']}}")).count == 2)
  }

  @Test func `what was only to go on firing is over when its time is, also where nothing more comes`() throws {
    let book = RuleBook(try rules("  - {alert: In, when: {enter: {}}, keep_firing_for: 10m}"))
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = book.fenceRules
    let fences = try FenceSet([Fence(id: "depot", shape: .circle(center: Self.center, radius: 200))])
    var engine = Engine(fences: fences, configuration: configuration)
    var (machine, events) = (AlertMachine(book), EventBuffer())
    let vehicle = AlertMachine.Vehicle(index: 0, id: "4711")
    let fixes = drive().enumerated().map { fix($0.element, sequence: $0.offset + 1) }
    engine.process(fixes.span, into: &events)
    for event in events.events { _ = machine.take(event, of: vehicle, in: fences) }
    #expect(machine.current.count == 1)
    let start: Int64 = 1_780_000_000_000
    #expect(machine.advance(to: start + 600_000).isEmpty)
    let over = machine.advance(to: start + 900_000)
    #expect(names(over) == ["-In"] && machine.current.isEmpty)
    #expect((over.first?.alert.resolvedAt ?? 0) < start + 900_000)
  }

  @Test func `another set of fences, in another order, resolves what fires at the right one`() throws {
    let text = "  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}"
    let book = RuleBook(try rules(text))
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = book.fenceRules
    let depot = Fence(id: "depot", shape: .circle(center: Self.center, radius: 200))
    let far = Fence(id: "far", shape: .circle(center: Coordinate(latitude: 10, longitude: 10), radius: 200))
    var engine = Engine(fences: try FenceSet([far, depot]), configuration: configuration)
    var (machine, events) = (AlertMachine(book), EventBuffer())
    let vehicle = AlertMachine.Vehicle(index: 0, id: "4711")
    var changes: [AlertChange] = []
    func take(_ fences: FenceSet) {
      for event in events.events { changes += machine.take(event, of: vehicle, in: fences) }
      events.removeAll()
    }
    let fixes = drive(stay: 60).enumerated().map { fix($0.element, sequence: $0.offset + 1) }
    engine.process(Array(fixes.prefix(140)).span, into: &events)
    take(engine.fences)
    #expect(names(changes) == ["+In"])
    var closing = EventBuffer()
    let before = engine.fences
    engine.replaceFences(with: try FenceSet([depot]), at: fixes[139].time, closing: &closing, into: &events)
    for event in closing.events { changes += machine.take(event, of: vehicle, in: before) }
    take(engine.fences)
    #expect(names(changes) == ["+In"])
    engine.process(Array(fixes.suffix(from: 140)).span, into: &events)
    take(engine.fences)
    #expect(names(changes) == ["+In", "-In", "+Out"])
    // And a fence that is removed ends what fires at it.
    #expect(names(machine.replaceFences(with: try FenceSet([far]), at: 1_780_000_900_000)) == ["-Out"])
  }

  @Test func `an exit from a fence with an end is over with it, at the latest`() throws {
    let end: Int64 = 1_780_003_600_000
    func set(_ end: Int64?) throws -> FenceSet {
      try FenceSet([Fence(id: "site", shape: .circle(center: Self.center, radius: 200), expires: end)])
    }
    let book = RuleBook(try rules("  - {alert: Out, when: {exit: {}}, keep_firing_for: 10m}"))
    let vehicle = AlertMachine.Vehicle(index: 0, id: "4711")
    func event(_ kind: RuleEvent.Kind, at time: Int64) -> Event {
      .rule(
        RuleEvent(
          kind: kind, rule: 0, vehicle: 0, fence: 0, time: time, coordinate: Self.center, decidedTime: time,
          isBySilence: false, fixesFor: 1, accuracy: 0))
    }
    let start = end - 3_600_000
    func out() throws -> AlertMachine {
      var machine = AlertMachine(book, fences: try set(end))
      #expect(names(machine.take(event(.exit, at: start), of: vehicle, in: try set(end))) == ["+Out"])
      #expect(machine.advance(to: end).isEmpty)
      return machine
    }
    var machine = try out()
    var restored = AlertMachine(book, fences: try set(end))
    restored.restore(machine.state)
    #expect(machine.advance(to: end + 1).map(\.alert.resolvedAt) == [end])
    #expect(restored.advance(to: end + 1).map(\.alert.resolvedAt) == [end], "and after a restart")
    // Who comes back before is back, and is so where the fence is given more time meanwhile.
    for longer in [end, end + 86_400_000] {
      machine = try out()
      #expect(machine.take(event(.enter, at: end - 60_000), of: vehicle, in: try set(end)).isEmpty)
      #expect(machine.replaceFences(with: try set(longer), at: end - 30_000).isEmpty)
      #expect(machine.advance(to: end + 86_400_000).map(\.alert.resolvedAt) == [min(longer, end + 540_000)])
    }
    // The fence is given more time, or all the time there is, or less.
    machine = try out()
    #expect(machine.replaceFences(with: try set(end + 1000), at: start + 1).isEmpty)
    #expect(machine.advance(to: end + 1).isEmpty && machine.advance(to: end + 1001).count == 1)
    machine = try out()
    #expect(machine.replaceFences(with: try set(nil), at: start + 1).isEmpty)
    #expect(machine.advance(to: end + 1_000_000_000).isEmpty && machine.current.count == 1)
    #expect(machine.replaceFences(with: try set(start + 5000), at: start + 2).isEmpty)
    #expect(machine.advance(to: end).map(\.alert.resolvedAt) == [start + 5000])
    // With the end of its track nobody knows whether the vehicle is out when the fence ends.
    machine = try out()
    #expect(machine.end(vehicle, at: end - 1).isEmpty)
    machine = try out()
    #expect(machine.end(vehicle, at: end).map(\.alert.resolvedAt) == [end])
    // A change behind the end that nobody was told of yet: of another fence, or none.
    for next in [try set(end + 86_400_000), try FenceSet([])] {
      machine = try out()
      #expect(machine.replaceFences(with: next, at: end + 30_000).map(\.alert.resolvedAt) == [end])
    }
  }

  @Test func `two things at once have two ids, and texts are texts`() throws {
    let book = RuleBook(
      try rules("  - {alert: Harsh, when: {harsh: {}}, annotations: {summary: 'by {{vehicle.name}}: {{reason}}'}}"))
    var machine = AlertMachine(book)
    let vehicle = AlertMachine.Vehicle(index: 0, id: "4711", name: "Smith & Sons \"A\"")
    let fences = try FenceSet([])
    let alerts = [HarshEvent.Kind.brake, .corner].flatMap { kind in
      machine.take(
        .harsh(
          HarshEvent(
            kind: kind, level: .harsh, vehicle: 0, firstSequence: 1, lastSequence: 2, start: 1000, end: 2000,
            coordinate: Self.center, peak: 3, change: -5, speedBefore: 20)), of: vehicle, in: fences)
    }.map(\.alert)
    #expect(alerts.count == 4 && Set(alerts.map(\.id)).count == 2)
    #expect(alerts[0].annotations["summary"] == "by Smith & Sons \"A\": brake: harsh, 3.0 m/s² at its peak")
  }

  /// Ids are kept by whoever was told: these must never change.
  @Test(
    arguments: [
      ("enter: {}", "37q7pxoka2jcg3lb54g4hf4hx7"), ("exit: {fence: {tag: depot}}", "kxzflvj2xfud6qvdqgurjez4zb"),
      ("dwell: {longer_than: 30m}", "b2fqwnjqqyohv4cc22zo2zffmu"),
      ("stop: {longer_than: 2h}", "tqdnwpjsr6lskcgmghjdbolpgq"),
      ("overspeed: {tier: serious}", "fjfkahs47ykhvzu5bbgdtu57ug"),
      ("harsh: {level: severe, kind: brake}", "7aq47swuwpf4ogrhd743hxxzme"),
      ("trip: {score_below: 60}", "jpjvic4gtk2zg7smw5indayx4q"),
    ])
  func `the revision of a rule stays what it is`(when: String, revision: String) throws {
    let found = try rules("  - {alert: A, when: {\(when)}}")[0].revision
    #expect(found == revision)
  }

  @Test func `a vehicle that is inside from the start has not entered, and dwells nonetheless`() throws {
    let steps = (0..<300).map { Step(seconds: $0, meters: 0) }
    let text = "  - {alert: In, when: {enter: {}}}\n  - {alert: Long, when: {dwell: {longer_than: 2m}}}"
    #expect(names(try changes(steps, try rules(text))) == ["+Long", "-Long"])
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `however fixes come, in batches or one by one, the alerts and their ids are the same`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let text = """
        - {alert: In, when: {enter: {}}}
        - {alert: Out, when: {exit: {}}, keep_firing_for: 30s}
        - {alert: Long, when: {dwell: {longer_than: 1m}}}
        - {alert: Stop, when: {stop: {longer_than: 3m}}}
      """
    let rules = try rules(text)
    var meters = Double.random(in: -400...400, using: &random)
    let steps = (0..<600).map { second in
      meters = max(-600, min(600, meters + Double.random(in: -30...30, using: &random)))
      return Step(seconds: Int64(second) * 5, meters: meters)
    }
    let whole = try changes(steps, rules)
    let single = try changes(steps, rules, batch: 1)
    let some = try changes(steps, rules, batch: Int.random(in: 2...50, using: &random))
    #expect(whole == single && whole == some, "seed \(seed)")
    // Fired and over in turn, each id once.
    let fired = whole.filter { if case .fired = $0 { true } else { false } }.map(\.alert.id)
    let over = whole.filter { if case .resolved = $0 { true } else { false } }.map(\.alert.id)
    #expect(
      Set(fired).count == fired.count && Set(over).count == over.count && Set(over).isSubset(of: fired), "seed \(seed)")
    #expect(!fired.isEmpty, "seed \(seed)")
  }

  @Test func `an id follows from the fact and from what the rule detects, not from its wording`() throws {
    func id(_ text: String) throws -> String { try #require(try changes(drive(), try rules(text)).first).alert.id }
    let plain = try id("  - {alert: In, when: {enter: {}}}")
    #expect(try id("  - {alert: In, when: {enter: {}}, labels: {severity: page}, annotations: {summary: x}}") == plain)
    #expect(try id("  - {alert: In, when: {enter: {}}, enter: {margin: 12m}}") != plain)
    #expect(try id("  - {alert: In2, when: {enter: {}}}") != plain)
    #expect(plain.count == 31)
  }

  @Test func `an alert outside its schedule is there, and says why nobody is told`() throws {
    let text = """
      version: 1
      schedules: {never: [{years: ['1999']}], always: [{years: ['2000:2100']}]}
      rules:
        - {alert: A, when: {enter: {}}, active: never}
        - {alert: B, when: {enter: {}}, mute: always}
        - {alert: C, when: {enter: {}}, active: always, mute: never}
      """
    let changes = try changes(drive(), try AlertConfiguration(text, file: "x").rules)
    let mutings = Dictionary(uniqueKeysWithValues: changes.prefix(3).map { ($0.alert.rule, $0.alert.muting ?? "told") })
    #expect(mutings == ["A": "not in never", "B": "muted by always", "C": "told"])
  }
}
