import Testing
import TriplineCore
import TriplineTesting

/// Time at rest with the ignition on; synthetic drives, for no recorded track states it.
@Suite struct IdleTests {
  /// Ten minutes at 12 m/s, a rest of so many seconds, and on: one trip between two stops.
  private func drive(resting seconds: Double, ignition: Bool?, atEnd: Bool? = true) -> Drive {
    var drive = Drive()
    drive.ignition = true
    drive.stand()
    drive.go(seconds: 12, acceleration: 1)
    drive.go(seconds: 600)
    drive.go(seconds: 12, acceleration: -1)
    drive.ignition = ignition
    drive.go(seconds: seconds)
    drive.ignition = true
    drive.go(seconds: 12, acceleration: 1)
    drive.go(seconds: 600)
    drive.go(seconds: 12, acceleration: -1)
    drive.ignition = atEnd
    drive.stand()
    return drive
  }

  private func idle(_ drive: Drive) throws -> Int64? {
    let outcome = try ScoredDrive(drive.fixes)
    #expect(outcome.scores.count == 1)
    let (trip, score) = (try #require(outcome.trips.first), try #require(outcome.scores.first))
    if let idle = score.idle { #expect(idle <= trip.stationary) }
    return score.idle
  }

  @Test func `a rest of two minutes with the ignition on is idling, a shorter one is not`() throws {
    // The last second of braking is at rest already.
    let long = try #require(try idle(drive(resting: 200, ignition: true)))
    #expect((200_000...202_000).contains(long))
    #expect(try idle(drive(resting: 100, ignition: true)) == 0)
    #expect(try idle(drive(resting: 200, ignition: false)) == 0)
  }

  @Test func `what is idled where the vehicle has arrived is no part of the trip`() throws {
    let on = try idle(drive(resting: 10, ignition: true, atEnd: true))
    #expect(on == 0)
    #expect(
      try idle(drive(resting: 200, ignition: true, atEnd: true))
        == idle(drive(resting: 200, ignition: true, atEnd: false)))
  }

  @Test func `without the signal nothing is known of it, and nothing is not 0`() throws {
    var silent = drive(resting: 200, ignition: true)
    for index in silent.fixes.indices { silent.fixes[index].ignition = nil }
    #expect(try idle(silent) == nil)
    var rare = drive(resting: 200, ignition: true)
    for index in rare.fixes.indices where index % 3 != 0 { rare.fixes[index].ignition = nil }
    #expect(try idle(rare) == nil)
    var summary = ScoreSummary()
    for outcome in try [silent, drive(resting: 200, ignition: true)].map({ try ScoredDrive($0.fixes) }) {
      summary.add(outcome.trips[0], outcome.scores[0])
    }
    #expect(summary.idle == (try idle(drive(resting: 200, ignition: true))))
  }
}
