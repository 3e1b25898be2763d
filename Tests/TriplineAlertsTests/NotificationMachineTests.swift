import Foundation
import Testing
import TriplineTesting

@testable import TriplineAlerts

/// A machine with what a service keeps of it: what was told to whom, written like `30 ops +1 -2`: at second 30 the
/// receiver `ops` was told that 1 fires and that 2 is over; `*1` is a repeat.
private struct Desk {
  var machine: NotificationMachine
  /// Makes a machine as after a start.
  var make: () -> NotificationMachine
  var silences: [Silence] = []
  var standing: [String: NotificationMachine.Standing] = [:]
  var groups: [String: Int64] = [:]
  /// The second of the last start.
  var started: Int64 = 0
  var told: [String] = []
  /// Reasons, and what was dropped, like `a: silenced by s` and `a dropped for ops`.
  var kept: [String] = []

  init(_ make: @escaping () -> NotificationMachine) {
    self.make = make
    machine = make()
  }

  mutating func fire(
    _ id: String, _ number: UInt64, _ labels: [String: String] = [:], muting: String? = nil, at second: Int64
  ) {
    let alert = Alert(
      id: id, rule: labels["alertname"] ?? "Dwell", revision: "r", kind: "geofence.dwell",
      vehicleID: labels["vehicle"] ?? "1", vehicleName: "Van", startsAt: second * 1000, decidedAt: second * 1000,
      reason: "synthetic", labels: labels, annotations: [:], muting: muting)
    if standing[id] == nil {
      standing[id] = NotificationMachine.Standing(alert, number: number, takenAt: second * 1000)
    }
    note(machine.take(.fired(alert), number: number, at: second * 1000), at: second)
  }

  /// `over` is the time on the vehicle, where it is another one.
  mutating func resolve(_ id: String, _ number: UInt64, over: Int64? = nil, at second: Int64) {
    guard var alert = standing[id]?.alert else { return }
    alert.resolvedAt = (over ?? second) * 1000
    standing[id]?.resolution = NotificationMachine.Standing.Resolution(number: number, takenAt: second * 1000)
    note(machine.take(.resolved(alert), number: number, at: second * 1000), at: second)
  }

  mutating func silence(_ silences: [Silence], at second: Int64) {
    self.silences = silences
    note(machine.setSilences(silences, at: second * 1000), at: second)
  }

  /// Asks the machine whenever it wants to be asked.
  mutating func wait(until second: Int64) {
    while let next = machine.next, next <= second * 1000 {
      let moment = max(next, started * 1000)
      note(machine.advance(to: moment), at: moment / 1000)
    }
  }

  mutating func restart(at second: Int64) {
    machine = make()
    started = second
    note(machine.setSilences(silences, at: second * 1000), at: second)
    let order = standing.values.sorted { $0.number > $1.number }
    note(machine.restore(order, groups: groups, at: second * 1000), at: second)
  }

  private mutating func note(_ actions: [NotificationMachine.Action], at second: Int64) {
    for action in actions {
      switch action {
      case .tell(let receiver, let group, let changes):
        groups[group.key] = second * 1000
        var words = ["\(second)", receiver]
        for change in changes {
          words.append("\(change.isRepeat ? "*" : change.isFiring ? "+" : "-")\(change.number)")
          if change.isFiring {
            standing[change.alert]?.told[receiver] = second * 1000
          } else {
            standing[change.alert]?.concluded.insert(receiver)
          }
        }
        told.append(words.joined(separator: " "))
      case .hold(let alert, let reason, _):
        standing[alert]?.reasons.insert(reason)
        kept.append("\(alert): \(reason)")
      case .drop(let alert, let receiver, let reason):
        standing[alert]?.concluded.insert(receiver)
        kept.append("\(alert) dropped for \(receiver): \(reason)")
      case .settle(let alert): standing[alert] = nil
      }
    }
  }
}

/// All alerts and receivers here are synthetic.
@Suite struct NotificationMachineTests {
  private func route(
    _ receiver: String?, _ matchers: [String] = [], _ change: (inout Route.Declaration) throws -> Void = { _ in }
  ) throws -> Route.Declaration {
    var route = Route.Declaration(receiver: receiver, matchers: try matchers.map { try Matcher($0) })
    try change(&route)
    return route
  }

  private func desk(
    _ root: Route.Declaration, inhibitions: [Inhibition] = [], rules: [AlertRule] = []
  ) -> Desk {
    Desk { NotificationMachine(route: Route(root), inhibitions: inhibitions, rules: rules) }
  }

  private func silence(_ id: String, _ matcher: String, _ seconds: Range<Int64>) throws -> Silence {
    Silence(
      id: id, matchers: [try Matcher(matcher)], startsAt: seconds.lowerBound * 1000, endsAt: seconds.upperBound * 1000,
      author: "somebody", comment: "a test")
  }

  /// Minutes of each day in UTC.
  private func schedule(_ name: String, _ minutes: Range<Int>...) -> Schedule {
    var interval = Schedule.Interval(zone: .gmt)
    interval.times = minutes
    return Schedule(name: name, intervals: [interval])
  }

  private func offline() throws -> Inhibition {
    Inhibition(
      source: [try Matcher("alertname=Offline")], target: [try Matcher("alertname=~\".+\"")], equal: ["vehicle"])
  }

  // MARK: Groups

  @Test func `without group_by each change is told at once, and nothing twice`() throws {
    var desk = desk(try route("ops"))
    desk.fire("a", 1, at: 10)
    desk.fire("b", 2, at: 10)
    desk.fire("a", 3, at: 11)
    desk.resolve("a", 4, at: 12)
    desk.resolve("a", 5, at: 13)
    desk.wait(until: 100_000)
    #expect(desk.told == ["10 ops +1", "10 ops +2", "12 ops -4"])
    #expect(desk.standing.keys.sorted() == ["b"] && desk.machine.next == nil)
  }

  @Test func `a group collects what comes within group_wait, and both ends of what is over by then`() throws {
    var desk = desk(try route("ops") { $0.groupBy = ["fence"] })
    desk.fire("a", 1, ["fence": "depot"], at: 0)
    desk.fire("b", 2, ["fence": "depot"], at: 10)
    desk.fire("c", 3, ["fence": "yard"], at: 15)
    desk.resolve("a", 4, at: 29)
    #expect(desk.machine.next == 30_000)
    desk.wait(until: 60)
    #expect(desk.told == ["30 ops +1 +2 -4", "45 ops +3"])
  }

  @Test func `the next message of a group waits for group_interval, and for group_wait when that is over`() throws {
    var desk = desk(try route("ops") { $0.groupBy = ["fence"] })
    desk.fire("a", 1, ["fence": "depot"], at: 0)
    desk.wait(until: 30)
    desk.fire("b", 2, ["fence": "depot"], at: 40)
    desk.resolve("a", 3, at: 200)
    desk.wait(until: 1000)
    desk.fire("c", 4, ["fence": "depot"], at: 1000)
    desk.wait(until: 2000)
    #expect(desk.told == ["30 ops +1", "330 ops +2 -3", "1030 ops +4"])
  }

  @Test(arguments: [(["..."], 2), (["vehicle"], 2), (["fence"], 1), (["team"], 1)])
  func `a group has the same values of its labels`(labels: [String], messages: Int) throws {
    var desk = desk(try route("ops") { $0.groupBy = labels })
    desk.fire("a", 1, ["fence": "depot", "vehicle": "1"], at: 0)
    desk.fire("b", 2, ["fence": "depot", "vehicle": "2"], at: 0)
    desk.wait(until: 30)
    #expect(desk.told.count == messages)
  }

  @Test func `a group is named by its route and labels, or by its alert`() throws {
    let route = Route(try route("ops") { $0.groupBy = ["fence"] })
    let group = NotificationMachine.Group(
      receiver: "ops", route: route, alert: "a", labels: ["fence": "de\"pot", "vehicle": "1"])
    #expect(group.key == #"ops {}:{fence="de\"pot"}"# && group.labels == ["fence": "de\"pot"] && group.alert == nil)
    let alone = NotificationMachine.Group(
      receiver: "ops", route: Route(Route.Declaration(receiver: "ops")), alert: "a", labels: ["fence": "depot"])
    #expect(alone.key == "ops {}:a" && alone.labels.isEmpty && alone.alert == "a")
  }

  // MARK: Repeats and receivers

  @Test func `what still fires is told again after repeat_interval, until it is over`() throws {
    var desk = desk(try route("ops") { $0.repeatInterval = 3_600_000 })
    desk.fire("a", 1, at: 0)
    desk.wait(until: 8000)
    desk.resolve("a", 2, at: 8000)
    desk.wait(until: 20_000)
    #expect(desk.told == ["0 ops +1", "3600 ops *1", "7200 ops *1", "8000 ops -2"])
    #expect(desk.machine.next == nil)
  }

  @Test func `a group repeats in one message, and its new ones go with it`() throws {
    var desk = desk(try route("ops") { $0.groupBy = ["fence"] })
    desk.fire("a", 1, at: 0)
    desk.fire("b", 2, at: 1)
    desk.wait(until: 14_420)
    desk.fire("c", 3, at: 14_420)
    desk.resolve("b", 4, at: 14_425)
    desk.wait(until: 14_500)
    #expect(desk.told == ["30 ops +1 +2", "14430 ops *1 +3 -4"])
  }

  @Test func `a receiver that several routes lead to is told once`() throws {
    var desk = desk(
      try route("root") {
        $0.routes = [
          try route("ops", ["severity=page"]) { $0.continues = true }, try route("mail") { $0.continues = true },
          try route("ops"),
        ]
      })
    desk.fire("a", 1, ["severity": "page"], at: 0)
    desk.resolve("a", 2, at: 1)
    #expect(desk.told == ["0 ops +1", "0 mail +1", "1 ops -2", "1 mail -2"])
  }

  @Test func `the end is told to exactly those that were told of the firing`() throws {
    let night = schedule("night", 0..<60)
    var desk = desk(
      try route("root") {
        $0.routes = [
          try route("ops") { $0.continues = true },
          try route("mail") { $0.mute = [night] },
        ]
      })
    desk.fire("a", 1, at: 60)
    desk.resolve("a", 2, at: 120)
    desk.wait(until: 7200)
    #expect(desk.told == ["60 ops +1", "120 ops -2"])
    let reason = "muted by night on the route to mail"
    #expect(desk.kept == ["a: \(reason)", "a dropped for mail: \(reason)"])
    #expect(desk.standing.isEmpty && desk.machine.next == nil)
  }

  // MARK: What is kept back

  @Test func `what fires in a silence is told when it is over, and never if it is over before`() throws {
    var desk = desk(try route("ops"))
    desk.silence([try silence("s", "fence=depot", 0..<100)], at: 0)
    desk.fire("a", 1, ["fence": "depot"], at: 10)
    desk.fire("b", 2, ["fence": "depot"], at: 20)
    desk.fire("c", 3, ["fence": "yard"], at: 30)
    desk.resolve("b", 4, at: 40)
    desk.wait(until: 99)
    #expect(desk.told == ["30 ops +3"] && desk.machine.next == 100_000)
    desk.wait(until: 200)
    #expect(desk.told == ["30 ops +3", "100 ops +1"])
    #expect(desk.kept == ["a: silenced by s", "b: silenced by s", "b dropped for ops: silenced by s"])
  }

  @Test func `a silence that begins while an alert fires keeps repeats back, and not its end`() throws {
    var desk = desk(try route("ops") { $0.repeatInterval = 100_000 })
    desk.fire("a", 1, at: 0)
    desk.fire("b", 2, at: 0)
    desk.silence([try silence("s", "fence=\"\"", 50..<250)], at: 50)
    desk.wait(until: 200)
    desk.resolve("b", 3, at: 200)
    desk.wait(until: 360)
    #expect(desk.told == ["0 ops +1", "0 ops +2", "200 ops -3", "250 ops *1", "350 ops *1"])
  }

  @Test func `a silence that begins within group_wait keeps back`() throws {
    var desk = desk(try route("ops") { $0.groupBy = ["alertname"] })
    desk.fire("a", 1, ["fence": "depot"], at: 0)
    desk.fire("b", 2, at: 1)
    desk.silence([try silence("s", "fence=depot", 10..<90)], at: 10)
    desk.wait(until: 1000)
    // The other one waits for as long as without the first.
    #expect(desk.told == ["31 ops +2", "331 ops +1"] && desk.kept == ["a: silenced by s"])
  }

  @Test(arguments: [false, true])
  func `a silence that is taken back or ended early releases what it kept back`(isEnded: Bool) throws {
    var desk = desk(try route("ops"))
    desk.silence([try silence("s", "fence=depot", 0..<1000), try silence("t", "fence=yard", 0..<1000)], at: 0)
    desk.fire("a", 1, ["fence": "depot"], at: 10)
    desk.fire("b", 2, ["fence": "yard"], at: 10)
    let other = try silence("t", "fence=yard", 0..<1000)
    desk.silence(isEnded ? [other, try silence("s", "fence=depot", 0..<50)] : [other], at: 50)
    #expect(desk.told == ["50 ops +1"])
    desk.silence([other], at: 60)
    desk.wait(until: 2000)
    #expect(desk.told == ["50 ops +1", "1000 ops +2"])
  }

  @Test func `of two silences each is a reason once, and both have to be over`() throws {
    var desk = desk(try route("ops"))
    desk.silence([try silence("s", "fence=depot", 0..<100), try silence("t", "fence=depot", 0..<200)], at: 0)
    desk.fire("a", 1, ["fence": "depot"], at: 10)
    desk.wait(until: 150)
    desk.silence(desk.silences + [try silence("u", "fence=depot", 0..<300)], at: 150)
    desk.wait(until: 1000)
    #expect(desk.told == ["300 ops +1"])
    #expect(desk.kept == ["a: silenced by s", "a: silenced by t", "a: silenced by u"])
  }

  @Test func `what is inhibited is told when the other alert is over`() throws {
    var desk = desk(try route("ops"), inhibitions: [try offline()])
    desk.fire("o", 1, ["alertname": "Offline", "vehicle": "1"], at: 0)
    desk.fire("p", 2, ["alertname": "Offline", "vehicle": "1"], at: 1)
    desk.fire("a", 3, ["alertname": "Dwell", "vehicle": "1"], at: 2)
    desk.fire("b", 4, ["alertname": "Dwell", "vehicle": "2"], at: 3)
    desk.fire("c", 5, ["alertname": "Dwell", "vehicle": "1"], at: 4)
    desk.resolve("c", 6, at: 5)
    desk.resolve("o", 7, at: 6)
    desk.wait(until: 7)
    #expect(desk.told == ["0 ops +1", "1 ops +2", "3 ops +4", "6 ops -7"])
    desk.resolve("p", 8, at: 8)
    desk.wait(until: 9)
    #expect(desk.told.suffix(2) == ["8 ops -8", "8 ops +3"])
    #expect(
      desk.kept == [
        "a: inhibited by o", "c: inhibited by o", "c dropped for ops: inhibited by o", "a: inhibited by p",
      ])
  }

  /// A rule that is muted for the first hour of each day.
  private func mutedRule() -> AlertRule {
    var rule = AlertRule(name: "Dwell", trigger: .enter)
    rule.mute = [schedule("night", 0..<60)]
    return rule
  }

  @Test func `what a rule's schedule kept back is told when that is over, with its own number`() throws {
    var desk = desk(try route("ops"), rules: [mutedRule()])
    desk.fire("a", 1, muting: "muted by night", at: 600)
    desk.fire("b", 2, muting: "muted by night", at: 700)
    desk.resolve("b", 3, at: 800)
    #expect(desk.machine.next == 3_600_000)
    desk.wait(until: 4000)
    desk.resolve("a", 4, at: 5000)
    #expect(desk.told == ["3600 ops +1", "5000 ops -4"])
    #expect(
      desk.kept == ["a: muted by night", "b: muted by night", "b dropped for ops: muted by night"])
  }

  @Test func `what the schedule of a rule kept back that is gone is never told`() throws {
    var desk = desk(try route("ops"), rules: [mutedRule()])
    desk.fire("a", 1, muting: "muted by night", at: 600)
    let root = try route("ops")
    desk.make = { NotificationMachine(route: Route(root)) }
    desk.restart(at: 700)
    desk.resolve("a", 2, at: 700)
    desk.wait(until: 5000)
    #expect(desk.told.isEmpty && desk.standing.isEmpty)
    #expect(desk.kept == ["a: muted by night", "a dropped for ops: muted by night"])
  }

  @Test func `a rule's schedule that opens between decision and message keeps nothing back but repeats`() throws {
    let rule = mutedRule()
    var desk = desk(
      try route("ops") {
        $0.groupBy = ["fence"]
        $0.repeatInterval = 1_800_000
      }, rules: [rule])
    // Ten seconds before midnight.
    desk.fire("a", 1, at: 86_390)
    desk.wait(until: 91_000)
    #expect(desk.told == ["86420 ops +1", "90000 ops *1"])
  }

  @Test func `of late fixes what was over while the rule was muted is never told, and all else is`() throws {
    var desk = desk(try route("ops"), rules: [mutedRule()])
    // All of it comes at second 8000, when the schedule is over.
    desk.fire("a", 1, muting: "muted by night", at: 8000)
    desk.resolve("a", 2, over: 3599, at: 8000)
    desk.fire("b", 3, muting: "muted by night", at: 8000)
    desk.resolve("b", 4, over: 3601, at: 8000)
    desk.fire("c", 5, muting: "muted by night", at: 8000)
    desk.wait(until: 8000)
    #expect(desk.told == ["8000 ops +3 -4", "8000 ops +5"])
    #expect(desk.kept.contains("a dropped for ops: muted by night") && desk.standing.keys.sorted() == ["c"])
  }

  @Test func `a route out of its schedules waits, and another to the same receiver is taken`() throws {
    let (day, night) = (schedule("day", 60..<1440), schedule("night", 0..<60))
    var desk = desk(
      try route("root") {
        $0.routes = [
          try route("ops", ["severity=page"]) {
            $0.active = [day]
            $0.continues = true
          },
          try route("ops", ["severity=page"]) {
            $0.groupBy = ["fence"]
            $0.active = [night]
          },
          try route("mail") { $0.mute = [night] },
        ]
      })
    desk.fire("a", 1, ["severity": "page"], at: 0)
    desk.fire("b", 2, at: 10)
    desk.wait(until: 4000)
    desk.fire("c", 3, ["severity": "page"], at: 4000)
    #expect(desk.told == ["30 ops +1", "3600 mail +2", "4000 ops +3"])
    #expect(desk.kept == ["b: muted by night on the route to mail"])
  }

  // MARK: Restarts

  @Test func `after a restart ends and repeats go to those that were told, wherever routes lead by now`() throws {
    var desk = desk(try route("ops") { $0.repeatInterval = 100_000 })
    desk.fire("a", 1, at: 0)
    desk.restart(at: 50)
    desk.wait(until: 150)
    let other = Route(try route("mail"))
    desk.make = { NotificationMachine(route: other) }
    desk.restart(at: 160)
    desk.resolve("a", 2, at: 170)
    #expect(desk.told == ["0 ops +1", "100 ops *1", "160 mail +1", "170 mail -2", "170 ops -2"])
    #expect(desk.standing.isEmpty)
  }

  @Test func `what came while nobody was there is told after the restart`() throws {
    var desk = desk(try route("ops") { $0.groupBy = ["fence"] })
    desk.silence([try silence("s", "fence=depot", 0..<100)], at: 0)
    desk.fire("a", 1, ["fence": "depot"], at: 0)
    desk.fire("b", 2, ["fence": "yard"], at: 1)
    desk.resolve("b", 3, at: 2)
    desk.restart(at: 200)
    desk.wait(until: 200)
    #expect(desk.told == ["200 ops +1", "200 ops +2 -3"] && desk.standing.keys.sorted() == ["a"])
  }

  private func busyDesk() throws -> Desk {
    var dwell = AlertRule(name: "Dwell", trigger: .enter)
    dwell.mute = [schedule("often", 5..<15, 30..<40, 70..<90)]
    let lunch = schedule("lunch", 20..<35, 60..<75)
    return desk(
      try route("root") {
        $0.routes = [
          try route("ops", ["severity=page"]) {
            $0.continues = true
            $0.repeatInterval = 600_000
          },
          try route("mail", ["severity=~\"page|warning\""]) {
            $0.groupBy = ["vehicle"]
            $0.repeatInterval = 1_200_000
            $0.mute = [lunch]
            $0.continues = true
          },
          try route("log") { $0.groupWait = 5000 },
        ]
      }, inhibitions: [try offline()], rules: [dwell])
  }

  @Test(arguments: Seeds.first(30))
  func `a restart changes nothing of what is told, and nothing is told twice or missed`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var (steady, restarted) = (try busyDesk(), try busyDesk())
    var (second, number): (Int64, UInt64) = (0, 0)
    let restart = Int.random(in: 50..<250, using: &random)
    var dropped: Set<String> = []
    for step in 0..<300 {
      second += Int64.random(in: 0...40, using: &random)
      steady.wait(until: second)
      restarted.wait(until: second)
      if step == restart { restarted.restart(at: second) }
      number += 1
      let firing = steady.standing.values.filter { $0.resolution == nil }.map(\.alert.id).sorted()
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let labels = [
          "alertname": ["Dwell", "Dwell", "Offline"].randomElement(using: &random) ?? "",
          "vehicle": ["1", "2", "3"].randomElement(using: &random) ?? "",
          "severity": ["page", "warning", "info"].randomElement(using: &random) ?? "",
        ]
        let rule = steady.machine.rules[labels["alertname"] ?? ""]
        let muting = rule?.muting(at: second * 1000)
        let id = "a\(number)"
        steady.fire(id, number, labels, muting: muting, at: second)
        restarted.fire(id, number, labels, muting: muting, at: second)
      case 5..<9:
        guard let id = firing.randomElement(using: &random) else { continue }
        steady.resolve(id, number, at: second)
        restarted.resolve(id, number, at: second)
      default:
        let start = second + Int64.random(in: -50...50, using: &random)
        let silence = try silence(
          "s\(step)", "vehicle=\(Int.random(in: 1...3, using: &random))",
          start..<start + Int64.random(in: 1...600, using: &random))
        let silences = steady.silences.filter { _ in Int.random(in: 0..<3, using: &random) > 0 } + [silence]
        steady.silence(silences, at: second)
        restarted.silence(silences, at: second)
      }
    }
    steady.wait(until: second + 100_000)
    restarted.wait(until: second + 100_000)
    #expect(steady.told == restarted.told, "seed \(seed)")
    let tells = steady.told.flatMap { line in
      let words = line.split(separator: " ")
      return words.dropFirst(2).filter { !$0.hasPrefix("*") }.map { "\(words[1]) \($0)" }
    }
    #expect(Set(tells).count == tells.count && tells.count > 100, "seed \(seed)")
    // Whatever still fires was told to the receiver that has all of it, and whatever is over was told of or dropped.
    for (id, standing) in steady.standing where standing.resolution == nil {
      #expect(
        standing.told["log"] != nil || steady.machine.sources.source(inhibiting: standing.alert.labels) != nil,
        "seed \(seed), \(id)")
    }
    #expect(steady.standing.values.allSatisfy { $0.resolution == nil }, "seed \(seed)")
    for line in steady.kept where line.contains(" dropped for log:") {
      dropped.insert(String(line.prefix { $0 != " " }))
    }
    let fired = Set(tells.filter { $0.hasPrefix("log +") }.map { "a" + $0.dropFirst(5) })
    #expect(fired.isDisjoint(with: dropped) && !dropped.isEmpty, "seed \(seed)")
  }
}
