import Testing
import TriplineCore
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// Traps of the field by their numbers in `Documentation/Traps.md`, as whoever is told meets them: synthetic fixes in,
/// deliveries out.
@Suite struct AlertTrapTests {
  private static let inAndOut = "rules:\n  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}"
  private static let start = YardService.start

  @Test func `C15: a stale fix behind an exit tells of nothing, is kept with its reason, and the next entry is told`()
    async throws
  {
    let service = try await YardService(Self.inAndOut)
    let inside = YardService.fixes(60...180, inside: true)
    let way = YardService.fixes(0...30, inside: false) + inside + YardService.fixes(210...330, inside: false)
    _ = try await service.pipeline.take(way, at: Self.start)
    let told = ["In van yard firing", "Out van yard firing", "In van yard resolved"]
    #expect(try Set(service.told()) == Set(told) && service.told().count == told.count)
    _ = try await service.pipeline.take(Array(inside.suffix(2)), at: Self.start)
    #expect(try service.told().count == told.count)
    let dropped = try service.store.dropped(ofVehicle: 0, in: Self.start...(Self.start + 600_000))
    #expect(dropped.map(\.reason) == ["LATE", "LATE"] && dropped.map(\.time) == inside.suffix(2).map(\.fix.time))
    _ = try await service.pipeline.take(YardService.fixes(360...450, inside: true), at: Self.start)
    #expect(try service.told().suffix(2).sorted() == ["In van yard firing", "Out van yard resolved"])
  }

  @Test func `C16: what comes later than the bound is counted, kept with its reason, and nobody is told of it`()
    async throws
  {
    let service = try await YardService("rules: [{alert: In, when: {enter: {}}}]\nlate: {max_age: 6h}")
    let now = Self.start + 7 * 3_600_000
    _ = try await service.pipeline.take([YardService.fix(7 * 3600, inside: false, vehicle: "other")], at: now)
    _ = try await service.pipeline.tick(at: now)
    // Six hours old and a second more, an entry at that; and half a minute less.
    _ = try await service.pipeline.take(
      [YardService.fix(3569, inside: false)] + [3579, 3589, 3599].map { YardService.fix($0, inside: true) }, at: now)
    #expect(try service.told().isEmpty)
    let dropped = try service.store.dropped(ofVehicle: 1, in: Self.start...now)
    #expect(dropped.map(\.reason) == Array(repeating: "LATE", count: 4) && dropped.allSatisfy { $0.at == now })
    _ = try await service.pipeline.take(
      [YardService.fix(3600, inside: false)] + YardService.fixes(3630...3720, inside: true), at: now)
    #expect(try service.told() == ["In van yard firing"])
  }

  @Test func `C17: six positions in one message, all of them twice, and once more after a restart, are one alert`()
    async throws
  {
    let rules = "rules: [{alert: In, when: {enter: {}}}]"
    let service = try await YardService(rules)
    let message = [YardService.fix(0, inside: false)] + YardService.fixes(30...150, inside: true)
    _ = try await service.pipeline.take(message.flatMap { [$0, $0] }, at: Self.start)
    _ = try await service.pipeline.take(message, at: Self.start)
    let restarted = try await service.restarted(rules, at: Self.start)
    _ = try await restarted.take(message + message, at: Self.start)
    #expect(try service.told() == ["In van yard firing"])
    // Of two positions of one moment the better one counts, in whatever order they come.
    var coarse = YardService.fix(180, inside: false)
    coarse.fix.accuracyOrNaN = 900
    let fine = YardService.fix(180, inside: true)
    _ = try await restarted.take([coarse, fine], at: Self.start)
    _ = try await restarted.take([YardService.fix(210, inside: true)], at: Self.start)
    #expect(try service.told() == ["In van yard firing"])
  }

  @Test func `C19: who is inside at first has not entered, dwells all the same, and leaves`() async throws {
    let service = try await YardService(Self.inAndOut + "\n  - {alert: Long, when: {dwell: {longer_than: 10m}}}")
    _ = try await service.pipeline.take(YardService.fixes(0...720, inside: true), at: Self.start)
    #expect(try service.told() == ["Long van yard firing"])
    #expect(try service.alerts("Long").map(\.startsAt) == [Self.start + 600_000])
    _ = try await service.pipeline.take(YardService.fixes(750...870, inside: false), at: Self.start)
    #expect(try service.told().dropFirst().sorted() == ["Long van yard resolved", "Out van yard firing"])
  }

  @Test func `C23: who was never inside has not left, by jitter at the edge neither`() async throws {
    let service = try await YardService(Self.inAndOut)
    // 25 m outside and 5 m inside in turn: not far enough for an entry.
    let way = (0..<40).map { YardService.fix($0 * 30, latitude: 50 + ($0 % 2 == 0 ? 225 : 195) / 111_229.0) }
    _ = try await service.pipeline.take(way + YardService.fixes(1200...1500, inside: false), at: Self.start)
    #expect(try service.told().isEmpty && service.alerts().isEmpty)
    // A rule that comes while it is outside tells of no exit either.
    try await service.reload(
      Self.inAndOut + "\n  - {alert: Gone, when: {exit: {}}}", at: Self.start + 1_500_000)
    _ = try await service.pipeline.take(YardService.fixes(1530...1800, inside: false), at: Self.start)
    #expect(try service.told().isEmpty)
  }

  @Test func `C24: a rule of entries alone tells of each of them, under ids of their own`() async throws {
    let service = try await YardService("rules: [{alert: In, when: {enter: {}}}]")
    for visit in 0..<Int64(3) {
      let way =
        YardService.fixes(visit * 300...visit * 300 + 90, inside: false)
        + YardService.fixes(visit * 300 + 120...visit * 300 + 270, inside: true)
      _ = try await service.pipeline.take(way, at: Self.start)
    }
    let alerts = try service.alerts()
    #expect(alerts.count == 3 && Set(alerts.map(\.id)).count == 3)
    #expect(try service.told().filter { $0.hasSuffix("firing") }.count == 3)
  }

  @Test func `C25: a restart within a stay is no entry, and the stay is as long as without it`() async throws {
    let rules = Self.inAndOut + "\n  - {alert: Long, when: {dwell: {longer_than: 30m}}}"
    let fixes = [YardService.fix(0, inside: false)] + YardService.fixes(30...2400, inside: true)
    let (whole, broken) = (try await YardService(rules), try await YardService(rules))
    _ = try await whole.pipeline.take(fixes, at: Self.start)
    var pipeline = broken.pipeline
    for fix in fixes {
      _ = try await pipeline.take([fix], at: Self.start)
      pipeline = try await broken.restarted(rules, at: Self.start)
    }
    #expect(try whole.told() == ["In van yard firing", "Long van yard firing"])
    #expect(try broken.told() == whole.told() && broken.alerts() == whole.alerts())
  }

  @Test func `C27: who falls silent inside and is back outside has left in between, and says since when that is known`()
    async throws
  {
    let service = try await YardService(Self.inAndOut)
    let before = [YardService.fix(0, inside: false)] + YardService.fixes(30...300, inside: true)
    _ = try await service.pipeline.take(before, at: Self.start)
    // Two hours of silence, in which nothing is told.
    #expect(try await service.pipeline.tick(at: Self.start + 7_200_000).isEmpty)
    let after = YardService.fixes(7500...7620, inside: false)
    _ = try await service.pipeline.take(after, at: Self.start + 7_620_000)
    let exit = try #require(try service.alerts("Out").first)
    #expect(exit.startsAt > Self.start + 300_000 && exit.startsAt <= after[0].fix.time)
    #expect(exit.decidedAt > after[0].fix.time && exit.decidedAt <= after[2].fix.time)
    let resolved = try #require(try service.alerts("In").first?.resolvedAt)
    #expect(resolved == exit.startsAt)
  }

  @Test(arguments: [(-1 as Int64, 0), (0, 1), (1, 1)])
  func `C29: a stay is told that is as long as what is asked for, and none that is a second shorter`(
    seconds: Int64, count: Int
  ) async throws {
    let service = try await YardService("rules: [{alert: Long, when: {dwell: {longer_than: 30m}}}]")
    // Inside at the first fix, so that the stay begins there; it ends where the way out meets the edge.
    let stay = YardService.fixes(0...1770, inside: true)
    let edge = 50 + 200 / 111_229.0
    let (last, out) = (1790 + seconds, 1810 + seconds)
    let way = [
      YardService.fix(last, latitude: edge - 0.001), YardService.fix(out, latitude: edge + 0.001),
      YardService.fix(out + 60, latitude: edge + 0.002), YardService.fix(out + 120, latitude: edge + 0.003),
    ]
    _ = try await service.pipeline.take(stay + way, at: Self.start)
    #expect(try service.alerts("Long").count == count)
  }

  @Test func `C29: leaving and coming back begins a stay anew`() async throws {
    let service = try await YardService("rules: [{alert: Long, when: {dwell: {longer_than: 30m}}}]")
    let way =
      YardService.fixes(0...1500, inside: true) + YardService.fixes(1530...1650, inside: false)
      + YardService.fixes(1680...3300, inside: true)
    _ = try await service.pipeline.take(way, at: Self.start)
    #expect(try service.alerts("Long").isEmpty)
    _ = try await service.pipeline.take(YardService.fixes(3330...3600, inside: true), at: Self.start)
    #expect(try service.alerts("Long").count == 1)
  }

  @Test func `C31: fences that overlap and lie within each other are all told, each under its own id`() async throws {
    let fences = [
      YardService.yard, "{id: gate, circle: {center: {lat: 50, lon: 14}, radius: 60m}}",
      "{id: town, circle: {center: {lat: 50, lon: 14.001}, radius: 400m}}",
    ]
    let service = try await YardService(Self.inAndOut, fences: fences)
    let way = YardService.fixes(0...60, inside: false) + YardService.fixes(90...210, inside: true)
    _ = try await service.pipeline.take(way + YardService.fixes(240...360, inside: false), at: Self.start)
    for (rule, count) in [("In", 3), ("Out", 3)] {
      let alerts = try service.alerts(rule)
      #expect(Set(alerts.compactMap(\.fenceID)) == ["yard", "gate", "town"] && alerts.count == count)
      #expect(Set(alerts.map(\.id)).count == count)
    }
  }

  @Test func `C32: a rule of one fence tells of that one, and only its receiver is told`() async throws {
    let rules = """
      rules:
        - {alert: Yard, when: {enter: {fence: {id: yard}}}}
        - {alert: Town, when: {enter: {fence: {id: town}}}}
      receivers: [{name: log, stdout: true}, {name: town, stdout: true}]
      route: {receiver: log, routes: [{matchers: ['alertname="Town"'], receiver: town}]}
      """
    let town = Outbox.Sink(id: "town/webhook/1", receiver: "town", takesGroups: false)
    let service = try await YardService(
      rules, fences: [YardService.yard, "{id: town, circle: {center: {lat: 50, lon: 14}, radius: 400m}}"],
      sinks: [YardService.sink, town])
    let way = YardService.fixes(0...60, inside: false) + YardService.fixes(90...210, inside: true)
    _ = try await service.pipeline.take(way, at: Self.start)
    #expect(try service.told(to: YardService.sink.id) == ["Yard van yard firing"])
    #expect(try service.told(to: town.id) == ["Town van town firing"])
  }
}
