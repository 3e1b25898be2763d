import Testing
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// Traps about fences that come, go and are drawn anew around a synthetic vehicle that stands still, as whoever is told
/// meets them.
@Suite struct FenceChangeTrapTests {
  private static let rules = """
    rules:
      - {alert: In, when: {enter: {}}}
      - {alert: Out, when: {exit: {}}}
      - {alert: Long, when: {dwell: {longer_than: 10m}}}
    """
  private static let far = "{id: far, circle: {center: {lat: 51, lon: 14}, radius: 200m}}"
  private static let elsewhere = "{id: yard, circle: {center: {lat: 50.02, lon: 14}, radius: 200m}}"
  private static let start = YardService.start

  private func parked(from: Int64, to: Int64, in service: YardService) async throws {
    _ = try await service.pipeline.take(YardService.fixes(from...to, inside: true), at: Self.start)
  }

  @Test func `C20: a fence that is drawn around a parked vehicle is no entry; its stay begins with the fence`()
    async throws
  {
    let service = try await YardService(Self.rules, fences: [Self.far])
    try await parked(from: 0, to: 1200, in: service)
    try await service.reload(Self.rules, fences: [Self.far, YardService.yard], at: Self.start + 1_215_000)
    try await parked(from: 1230, to: 1800, in: service)
    #expect(try service.told().isEmpty)
    try await parked(from: 1830, to: 1860, in: service)
    #expect(try service.told() == ["Long van yard firing"])
    #expect(try service.alerts("Long").map(\.startsAt) == [Self.start + 1_815_000])
    _ = try await service.pipeline.take(YardService.fixes(1890...2010, inside: false), at: Self.start)
    #expect(try service.told().dropFirst().sorted() == ["Long van yard resolved", "Out van yard firing"])
  }

  @Test func `C21: a fence that is moved away from a parked vehicle is left, and moved back it is entered, once`()
    async throws
  {
    let service = try await YardService(Self.rules)
    try await parked(from: 0, to: 300, in: service)
    try await service.reload(Self.rules, fences: [Self.elsewhere], at: Self.start + 315_000)
    try await parked(from: 330, to: 600, in: service)
    #expect(try service.told() == ["Out van yard firing"])
    let left = try #require(try service.alerts("Out").first)
    #expect(left.reason.contains("because the fence was changed") && left.startsAt == Self.start + 315_000)
    try await service.reload(Self.rules, fences: [YardService.yard], at: Self.start + 615_000)
    try await parked(from: 630, to: 900, in: service)
    #expect(try service.told().dropFirst().sorted() == ["In van yard firing", "Out van yard resolved"])
    #expect(try service.alerts("In").first?.reason.contains("because the fence was changed") == true)
  }

  @Test func `C22: with its fence what fires is over, nothing is told of an exit, and the fence anew is no entry`()
    async throws
  {
    let service = try await YardService(Self.rules, fences: [YardService.yard, Self.far])
    _ = try await service.pipeline.take([YardService.fix(0, inside: false)], at: Self.start)
    try await parked(from: 30, to: 900, in: service)
    #expect(try service.told() == ["In van yard firing", "Long van yard firing"])
    try await service.reload(Self.rules, fences: [Self.far], at: Self.start + 915_000)
    #expect(try service.told().dropFirst(2).sorted() == ["In van yard resolved", "Long van yard resolved"])
    let standing = await service.pipeline.standing
    #expect(try standing.isEmpty && service.store.standing().isEmpty, "nothing is kept of it")
    try await parked(from: 930, to: 1200, in: service)
    try await service.reload(Self.rules, fences: [YardService.yard, Self.far], at: Self.start + 1_215_000)
    try await parked(from: 1230, to: 1500, in: service)
    #expect(try service.told().count == 4)
  }

  @Test func `C22: a fence that is gone with a restart is closed as one that is gone by a reload`() async throws {
    let service = try await YardService(Self.rules, fences: [YardService.yard, Self.far])
    _ = try await service.pipeline.take([YardService.fix(0, inside: false)], at: Self.start)
    try await parked(from: 30, to: 300, in: service)
    let restarted = try await service.restarted(Self.rules, fences: [Self.far], at: Self.start + 315_000)
    #expect(try service.told() == ["In van yard firing", "In van yard resolved"])
    #expect(await restarted.standing.isEmpty)
  }
}
