import Testing
import TriplineCore
import TriplineTesting

@Suite struct HarshEventTests {
  /// A minute at 20 m/s, a change of speed, and a minute on.
  private func drive(acceleration: Double, seconds: Double, interval: Int64 = 1_000) -> Drive {
    var drive = Drive(interval: interval)
    drive.stand()
    drive.go(seconds: 20, acceleration: 1)
    drive.go(seconds: 60)
    drive.go(seconds: seconds, acceleration: acceleration)
    drive.go(seconds: 60)
    drive.halt()
    return drive
  }

  @Test func `a brake is one event, with its start, length, peak, change and fixes`() throws {
    let drive = drive(acceleration: -3, seconds: 4)
    let scored = try ScoredDrive(drive.fixes)
    #expect(scored.harsh.count == 1 && scored.scores.count == 1)
    let event = try #require(scored.harsh.first)
    #expect(event.kind == .brake && event.level == .harsh)
    // The way: 600 fixes at rest, 20 pulling away, 60 at 20 m/s. The last of these, number 679, is where braking begins.
    #expect(event.firstSequence == 679 && event.start == 680_000)
    #expect(event.lastSequence == 684 && event.end == 685_000)
    #expect(abs(event.peak - 3) < 1e-4 && abs(event.change + 12) < 1e-4 && abs(event.speedBefore - 20) < 1e-4)
    #expect(event.accuracy == 5)
    #expect(scored.scores[0].brakes == TripScore.Counts(harsh: 1))
  }

  @Test(arguments: [(1.4, 0), (1.6, 1), (2.6, 2), (3.6, 3)])
  func `the level follows from the peak`(acceleration: Double, level: UInt8) throws {
    for sign in [1.0, -1] {
      let scored = try ScoredDrive(drive(acceleration: sign * acceleration, seconds: 4).fixes)
      #expect(scored.harsh.map(\.level.rawValue) == (level == 0 ? [] : [level]))
      #expect(scored.harsh.allSatisfy { $0.kind == (sign < 0 ? .brake : .accelerate) })
    }
  }

  @Test func `a truck is held to seven tenths of it`() throws {
    var truck = ScoringParameters()
    truck.vehicleClass = .truck
    let fixes = drive(acceleration: -1.9, seconds: 4).fixes
    #expect(try ScoredDrive(fixes).harsh.map(\.level) == [.noticeable])
    #expect(try ScoredDrive(fixes, truck).harsh.map(\.level) == [.harsh])
  }

  @Test func `less than two metres a second is no event`() throws {
    #expect(try ScoredDrive(drive(acceleration: -1.9, seconds: 1).fixes).harsh.isEmpty)
  }

  @Test func `two brakes within three seconds are one, and further apart two`() throws {
    for (pause, count) in [(2.0, 1), (8.0, 2)] {
      var drive = Drive()
      drive.stand()
      drive.go(seconds: 25, acceleration: 1)
      drive.go(seconds: 60)
      drive.go(seconds: 2, acceleration: -3)
      drive.go(seconds: pause)
      drive.go(seconds: 2, acceleration: -3)
      drive.go(seconds: 60)
      drive.halt()
      #expect(try ScoredDrive(drive.fixes).harsh.count == count, "\(pause) s")
    }
  }

  @Test func `a bend is a corner, to its side, across north`() throws {
    for turn in [20.0, -20] {
      var drive = Drive()
      drive.course = turn > 0 ? 340 : 20
      drive.stand()
      drive.go(seconds: 10, acceleration: 1)
      drive.go(seconds: 60)
      drive.go(seconds: 4, turn: turn)
      drive.go(seconds: 60)
      drive.halt()
      let scored = try ScoredDrive(drive.fixes)
      #expect(scored.harsh.count == 1)
      let corner = try #require(scored.harsh.first)
      // 10 m/s at 20 degrees a second: 3.49 m/s² to the side.
      #expect(corner.kind == .corner && corner.level == .harsh && abs(corner.peak - 3.49) < 0.01)
      #expect(abs(corner.change - Float(turn) * 4) < 0.1)
    }
  }

  @Test func `trap 29: positions make no event, whatever they do`() throws {
    let drive = drive(acceleration: -3, seconds: 4)
    let expected = try ScoredDrive(drive.fixes)
    for seed in Seeds.first(50) {
      var generator = SeededGenerator(seed: seed)
      let noisy = drive.fixes.map { fix in
        var fix = fix
        fix.latitude += Double.random(in: -3...3, using: &generator) / 111_000
        fix.longitude += Double.random(in: -3...3, using: &generator) / 71_000
        return fix
      }
      let scored = try ScoredDrive(noisy)
      #expect(scored.harsh.map(\.start) == expected.harsh.map(\.start), "seed \(seed)")
      #expect(scored.harsh.map(\.peak) == expected.harsh.map(\.peak), "seed \(seed)")
    }
    var silent = drive
    silent.fixes = silent.fixes.map { fix in
      var fix = fix
      fix.speedOrNaN = .nan
      return fix
    }
    let scored = try ScoredDrive(silent.fixes)
    #expect(scored.harsh.isEmpty && scored.scores[0].brakes == nil && scored.scores[0].eventAbsence == .noSpeed)
  }

  @Test func `where fixes are too far apart events are not known`() throws {
    let scored = try ScoredDrive(drive(acceleration: -3, seconds: 10, interval: 5_000).fixes)
    #expect(scored.harsh.isEmpty && scored.scores[0].brakes == nil && scored.scores[0].eventAbsence == .sampling)
    #expect(scored.scores[0].interval == 5)
  }

  @Test func `ten fixes a second see the same brake`() throws {
    let scored = try ScoredDrive(drive(acceleration: -3, seconds: 4, interval: 100).fixes)
    #expect(scored.harsh.count == 1 && scored.harsh[0].level == .harsh)
    #expect(abs(scored.harsh[0].peak - 3) < 0.01)
  }

  @Test func `a whole circle is one corner that turns by all of it`() throws {
    for turned in [90.0, 270, 360, 365] {
      var drive = Drive()
      drive.stand()
      drive.go(seconds: 8, acceleration: 1)
      drive.go(seconds: 60)
      // 8 m/s at 18.25 degrees a second: 2.5 m/s² to the side.
      drive.go(seconds: (turned / 18.25).rounded(), turn: 18.25)
      drive.go(seconds: 60)
      drive.halt()
      let corners = try ScoredDrive(drive.fixes).harsh.filter { $0.kind == .corner }
      #expect(corners.count == 1, "\(turned) degrees")
      #expect(
        abs((corners.first?.change ?? 0) - Float((turned / 18.25).rounded() * 18.25)) < 20, "\(turned): \(corners)")
    }
  }

  @Test func `without a course corners are not known, brakes are`() throws {
    var silent = drive(acceleration: -3, seconds: 4)
    for index in silent.fixes.indices { silent.fixes[index].courseOrNaN = .nan }
    let score = try #require(try ScoredDrive(silent.fixes).scores.first)
    #expect(score.corners == nil && score.brakes == TripScore.Counts(harsh: 1))
  }

  @Test func `what has faded has to begin again to go on`() throws {
    var drive = Drive()
    drive.stand()
    drive.go(seconds: 25, acceleration: 1)
    drive.go(seconds: 60)
    drive.go(seconds: 3, acceleration: -2)
    drive.go(seconds: 1, acceleration: -0.5)
    drive.go(seconds: 2, acceleration: -1.3)
    drive.go(seconds: 60)
    drive.halt()
    let event = try #require(try ScoredDrive(drive.fixes).harsh.first)
    // 1.3 m/s² is above four fifths of the level, and below the level.
    #expect(abs(event.change + 6.5) < 0.6, "\(event)")
  }
}
