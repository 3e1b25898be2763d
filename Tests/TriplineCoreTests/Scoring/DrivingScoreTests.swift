import Foundation
import Testing
import TriplineCore
import TriplineTesting

@Suite struct DrivingScoreTests {
  @Test func `a trip worked by hand`() throws {
    // 5 m/s² x way is easiest with saw teeth: 12 m/s for 10 km, and every 100 s a gain of 1 m/s in a second, given back in
    // the next one.
    var drive = Drive()
    drive.accuracy = 10
    drive.stand()
    drive.go(seconds: 12, acceleration: 1)
    for _ in 0..<10 {
      drive.go(seconds: 98)
      drive.go(seconds: 1, acceleration: 1)
      drive.go(seconds: 1, acceleration: -1)
    }
    drive.halt()
    let score = try #require(try ScoredDrive(drive.fixes).scores.first)
    #expect(score.brakes == TripScore.Counts() && score.interval == 1 && score.driving.normFactor == 1)
    // Over two seconds a tooth is +0.5, 0 and -0.5 m/s² at 12, 13 and 12 m/s. Pulling away is 1 at each of 3 to 11 m/s,
    // for what is slower than 3 m/s still belongs to the stop, and 0.5 at 12 m/s; braking in the end is -0.5 at 12 m/s and
    // -1 at each of 11 to 1 m/s. Each stands for a second.
    let positive: Double = 63 + 0.5 * 12 + 10 * 0.5 * 12
    let negative: Double = 66 + 0.5 * 12 + 10 * 0.5 * 12
    let distance = Double(score.smoothness.slow.distance)
    let rpa = try #require(score.smoothness.slow.relativePositiveAcceleration)
    let rna = try #require(score.smoothness.slow.relativeNegativeAcceleration)
    #expect(abs(rpa * distance - positive) < 0.01 && abs(rna * distance - negative) < 0.01)
    let index = (0.6 * negative + 0.4 * positive) / distance / 0.27
    #expect(abs((score.driving.index ?? 0) - index) < 1e-5)
    // Far smoother than ordinary: nothing is lost but what severe braking may have been, 0.25 times in 25 km and the trip.
    let rate = 0.25 / (score.distance / 100_000 + 0.25)
    let braking = 0.15 * (100 - 100 * pow(2, -rate / 4))
    #expect(score.driving.losses.slow == 0 && abs((score.driving.losses.braking ?? 0) - braking) < 1e-9)
    #expect(abs((score.driving.value ?? 0) - (100 - braking)) < 1e-9)
    #expect(score.driving.losses.speeding == nil && score.driving.losses.medium == 0)
  }

  @Test func `losses and score add up to 100, and the band holds the score`() throws {
    var scored = 0
    for seed in Seeds.first(300) {
      for score in try ScoredDrive(Self.roughDrive(seed: seed).fixes).scores {
        guard let value = score.driving.value else { continue }
        scored += 1
        #expect(abs(value + score.driving.losses.sum - 100) < 1e-9, "seed \(seed)")
        let (low, high) = (try #require(score.driving.low), try #require(score.driving.high))
        #expect(low <= value && value <= high && low >= 0 && high <= 100, "seed \(seed)")
        #expect(score.driving.confidence > 0 && score.driving.confidence <= 1, "seed \(seed)")
      }
    }
    #expect(scored >= Seeds.first(100).count)
  }

  /// A drive of some kilometres that speeds up and slows down at random, with limits and without.
  static func roughDrive(seed: UInt64) -> Drive {
    var generator = SeededGenerator(seed: seed)
    var drive = Drive(interval: [1_000, 1_000, 2_000, 5_000][Int(seed % 4)])
    drive.limit = seed % 3 == 0 ? 14 : nil
    drive.stand()
    for _ in 0..<120 {
      drive.go(seconds: 5, acceleration: Double.random(in: -1...1.4, using: &generator))
      drive.go(seconds: 10)
      if drive.speed > 35 { drive.go(seconds: 10, acceleration: -2) }
    }
    drive.halt()
    return drive
  }

  @Test func `rougher driving never scores higher`() throws {
    var last = 101.0
    for size in [0.5, 1.0, 1.4, 2, 3] {
      var drive = Drive()
      drive.stand()
      drive.go(seconds: 15, acceleration: 1)
      for _ in 0..<60 {
        drive.go(seconds: 3, acceleration: size)
        drive.go(seconds: 3, acceleration: -size)
        drive.go(seconds: 5)
      }
      drive.halt()
      let value = try #require(try ScoredDrive(drive.fixes).scores.first?.driving.value)
      #expect(value <= last, "\(size) m/s²")
      last = value
    }
    #expect(last < 30)
  }

  @Test func `trap 30: below 5 km there is no score`() throws {
    for (kilometers, isThere) in [(4.0, false), (6, true)] {
      let driving = try #require(try ScoredDrive(Drive.trip(kilometers: kilometers, speed: 12).fixes).scores.first)
        .driving
      #expect((driving.value != nil) == isThere && driving.absence == (isThere ? nil : .tooShort))
      #expect((driving.low == nil) == !isThere && (isThere || driving.confidence == 0))
    }
  }

  @Test func `reasons for no score`() throws {
    var silent = Drive.trip(kilometers: 8, speed: 12)
    for index in silent.fixes.indices { silent.fixes[index].speedOrNaN = .nan }
    #expect(try ScoredDrive(silent.fixes).scores.first?.driving.absence == .noSpeed)
    #expect(
      try ScoredDrive(Drive.trip(kilometers: 8, speed: 12, interval: 12_000).fixes).scores.first?.driving.absence
        == .sampling)
    var poor = Drive.trip(kilometers: 8, speed: 12)
    for index in poor.fixes.indices { poor.fixes[index].accuracyOrNaN = 99.9 }
    #expect(try ScoredDrive(poor.fixes).scores.first?.driving.absence == .quality)
  }

  @Test func `trap 35: fixes further apart are held to norms of their own`() throws {
    for (interval, factor) in [(1_000, 1.0), (2_000, 1), (5_000, 0.75), (10_000, 0.6)] {
      let driving = try #require(
        try ScoredDrive(Drive.trip(kilometers: 8, speed: 12, interval: Int64(interval)).fixes).scores.first
      ).driving
      #expect(abs(driving.normFactor - factor) < 1e-9 && driving.value != nil, "\(interval) ms")
      #expect((driving.losses.braking == nil) == (interval > 2_000))
    }
  }

  @Test func `trap 30: rates of many trips are pooled, and short trips weigh little`() throws {
    let parts = try [5.5, 20, 7].map { try ScoredDrive(Drive.trip(kilometers: $0, speed: 12).fixes) }
    var summary = ScoreSummary()
    for part in parts { summary.add(part.trips[0], part.scores[0]) }
    #expect(summary.trips == 3 && summary.scoredTrips == 2)
    let weighted = parts.dropFirst().map { $0.trips[0].distance * ($0.scores[0].driving.value ?? 0) }.reduce(0, +)
    let distance = parts.dropFirst().map { $0.trips[0].distance }.reduce(0, +)
    #expect(abs((summary.score ?? 0) - weighted / distance) < 1e-9)
    #expect(summary.rate(of: .brake, from: .harsh) == 0)
  }

  /// The example in Samsara's support article 115001947714: 5 harsh events, 247 miles, 1 h 9 min of 8 h 40 min too fast.
  @Test func `Samsara's first formula gives what Samsara says it gives`() throws {
    let drive = try ScoredDrive(Drive.trip(kilometers: 20, speed: 12).fixes)
    var (trip, score) = (drive.trips[0], drive.scores[0])
    trip.distance = 247 * 1609.344
    (score.brakes, score.accelerations, score.corners) = (
      .init(noticeable: 9, harsh: 2, severe: 1), .init(harsh: 1), nil
    )
    (score.observed, score.limited, score.overspeed) = (31_200_000, 31_200_000, 4_140_000)
    var summary = ScoreSummary()
    summary.add(trip, score)
    #expect(abs((summary.samsaraClassic ?? 0) - (100 - 4 / 0.247 - 13.2692)) < 0.001)
    score.corners = .init(harsh: 1)
    summary = ScoreSummary()
    summary.add(trip, score)
    #expect((summary.samsaraClassic ?? 0).rounded() == 66, "67 with the percentages rounded before")
    score.brakes = nil
    summary = ScoreSummary()
    summary.add(trip, score)
    #expect(summary.samsaraClassic == nil && ScoreSummary().samsaraClassic == nil)
  }

  @Test func `night is by local time, on both sides of a change of the clocks`() {
    // Prague: UTC+1, from 2019-03-31T01:00Z on UTC+2.
    let change: Int64 = 1_553_994_000_000
    let night = NightHours(offsets: [.init(start: 0, offset: 3_600_000), .init(start: change, offset: 7_200_000)])
    let hour: Int64 = 3_600_000
    // The night before: 22:00Z is 23:00.
    #expect(!night.contains(change - 3 * hour - 1) && night.contains(change - 3 * hour))
    // That night ends at 04:00, which is 02:00Z by then; the next begins at 21:00Z.
    #expect(night.contains(change + hour - 1) && !night.contains(change + hour))
    #expect(!night.contains(change + 20 * hour - 1) && night.contains(change + 20 * hour))
    #expect(night.contains(-2 * hour) && !night.contains(-4 * hour))
  }

  @Test func `a silence before a trip is no part of it`() throws {
    var drive = Drive.trip(kilometers: 8, speed: 12)
    let alone = try #require(try ScoredDrive(drive.fixes).scores.first)
    // Dark for twelve hours, and awake again 600 m away.
    drive.time += 43_200_000
    drive.place.latitude += 600 / LocalMetric(latitude: 50).metersPerDegreeLatitude
    drive.speed = 12
    drive.go(seconds: 700)
    drive.halt()
    let scores = try ScoredDrive(drive.fixes).scores
    #expect(scores.count == 2 && scores[0] == alone)
    let second = try #require(scores.last)
    #expect(second.quality.coverage == 1 && second.driving.value != nil && second.observed < 730_000, "\(second)")
    // It was last seen 612 m from where it wakes.
    #expect(abs((second.quality.endPoints ?? 0) - (1000 - 612) / 800.0) < 0.06, "\(second.quality)")
  }

  @Test func `denser and uneven fixes give the score of fixes a second apart`() throws {
    let expected = try #require(try ScoredDrive(Drive.trip(kilometers: 8, speed: 12).fixes).scores.first?.driving.value)
    for interval: Int64 in [100, 200, 500] {
      let driving = try #require(
        try ScoredDrive(Drive.trip(kilometers: 8, speed: 12, interval: interval).fixes).scores.first
      ).driving
      #expect(abs((driving.value ?? 0) - expected) < 0.5, "\(interval) ms: \(driving)")
    }
    var uneven = Drive.trip(kilometers: 8, speed: 12)
    for index in uneven.fixes.indices where index % 2 == 1 { uneven.fixes[index].time -= 300 }
    let driving = try #require(try ScoredDrive(uneven.fixes).scores.first).driving
    #expect(abs((driving.value ?? 0) - expected) < 2, "\(driving)")
  }

  @Test func `how long the vehicle then stays changes nothing`() throws {
    func scored(_ stay: Double, interval: Int64) throws -> TripScore {
      var scoring = ScoringParameters()
      scoring.speedLimit = 11
      scoring.night = NightHours(offsets: [.init(start: 0, offset: 0)])
      var drive = Drive()
      drive.time = 86_400_000
      drive.stand()
      drive.go(seconds: 12, acceleration: 1)
      drive.go(seconds: 700)
      drive.go(seconds: 12, acceleration: -1)
      drive.interval = interval
      drive.go(seconds: stay)
      return try #require(try ScoredDrive(drive.fixes, scoring).scores.first)
    }
    let none = try scored(0, interval: 1_000)
    for (stay, interval) in [(600.0, 1_000 as Int64), (600, 60_000)] {
      let score = try scored(stay, interval: interval)
      #expect(score.overspeedShare == none.overspeedShare && score.night == none.night)
      #expect(score.quality.coverage == none.quality.coverage && score.observed == none.observed)
      #expect(abs((score.driving.value ?? 0) - (none.driving.value ?? -1)) < 0.01, "\(stay) s")
    }
    #expect((none.night ?? 0) > 600_000)
  }

  @Test func `a receiver whose speed stays at 0 states none`() throws {
    var stuck = Drive.trip(kilometers: 8, speed: 12)
    for index in stuck.fixes.indices { stuck.fixes[index].speedOrNaN = 0 }
    let score = try #require(try ScoredDrive(stuck.fixes).scores.first)
    #expect(score.driving.absence == .noSpeed && score.brakes == nil && score.eventAbsence == .noSpeed)
  }

  @Test func `a limit known for a minute weighs a minute`() throws {
    var drive = Drive.trip(kilometers: 8, speed: 12)
    for index in drive.fixes.indices where (700..<760).contains(index) { drive.fixes[index].speedLimit = 8 }
    let score = try #require(try ScoredDrive(drive.fixes).scores.first)
    let losses = score.driving.losses
    #expect((score.overspeedShare ?? 0) > 0.9 && losses.speeding ?? 0 > 0 && losses.speeding ?? 100 < 2.5, "\(losses)")
  }
}
