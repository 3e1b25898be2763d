import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite struct ReplayTests {
  /// Synthetic drives of several vehicles in one file, rows mixed by time.
  private static func file(vehicles: Int, fixes: Int) -> InputFile {
    var all: [Fix] = []
    for vehicle in 0..<vehicles {
      all += RandomDrive.fixes(
        seed: UInt64(vehicle), vehicle: UInt32(vehicle), count: fixes,
        around: Coordinate(latitude: 50, longitude: 14))
    }
    let mixed = all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    var text = "vehicle_id,time,lat,lon,speed_mps,accuracy_m\n"
    for fix in mixed {
      let speed = fix.speed.map { "\($0)" } ?? ""
      let accuracy = fix.accuracy.map { "\($0)" } ?? ""
      text += "van-\(fix.vehicle),\(fix.time),\(fix.latitude),\(fix.longitude),\(speed),\(accuracy)\n"
    }
    return InputFile(bytes: Array(text.utf8), name: "mixed.csv")
  }

  private static func run(
    _ inputs: [InputFile], jobs: Int
  ) async throws -> (events: [Event], summary: Replay.Summary) {
    var random = RandomFences(seed: 3)
    let fences = random.fences(count: 60, around: Coordinate(latitude: 50, longitude: 14), extent: 0.05)
    var events: [Event] = []
    let summary = try await Replay(fences: FenceSet(fences), jobs: jobs).run(inputs) { new, tracks in
      for event in new { #expect(Int(event.vehicle) < tracks.count) }
      events += new
    }
    return (events, summary)
  }

  @Test func `any number of engines gives the same events in the same order`() async throws {
    // More rows than a batch holds, so that batches meet in the middle of tracks.
    let file = Self.file(vehicles: 9, fixes: 2500)
    let (expected, summary) = try await Self.run([file], jobs: 1)
    #expect(expected.count > 300)
    #expect(summary.tracks.map(\.vehicleID).sorted() == (0..<9).map { "van-\($0)" })
    #expect(summary.counts.received == summary.report.delivered)
    for jobs in [2, 3, 7] {
      let (events, other) = try await Self.run([file], jobs: jobs)
      #expect(events == expected, "\(jobs) engines")
      #expect(other.counts == summary.counts, "\(jobs) engines")
    }
  }

  private struct Interrupted: Error {}

  /// Three inputs, of which one cannot be read and one has a bad row; interrupted at every checkpoint there is, and gone on
  /// with from the bytes of that.
  @Test(arguments: [1, 2]) func `interrupted anywhere and gone on with, it says the same once`(jobs: Int) async throws {
    let bad = InputFile(bytes: Array("vehicle_id,time,lat,lon\nvan-1,x,50,14\nvan-77,5,50,14\n".utf8), name: "bad.csv")
    let inputs = [
      Self.file(vehicles: 3, fixes: 4_000), InputFile(path: "/nonexistent.csv"), bad,
      Self.file(vehicles: 5, fixes: 4_000),
    ]
    var random = RandomFences(seed: 3)
    let fences = try FenceSet(random.fences(count: 60, around: Coordinate(latitude: 50, longitude: 14), extent: 0.05))
    var configuration = Engine.Configuration()
    configuration.scoring = ScoringParameters()
    let replay = Replay(fences: fences, configuration: configuration, jobs: jobs)
    var expected: [Event] = []
    let whole = try await replay.run(inputs) { new, _ in expected += new }
    #expect(expected.count > 300 && whole.failures.count == 1 && whole.report.problemCount > 0)

    var saved: Data?
    var kept: [Event] = []
    var interruptions = 0
    var summary: Replay.Summary?
    while summary == nil {
      let checkpoint = try saved.map { try PropertyListDecoder().decode(Replay.Checkpoint.self, from: $0) }
      var events = kept
      do {
        summary = try await replay.run(
          inputs, from: checkpoint, every: 1,
          save: { new in
            saved = try PropertyListEncoder().encode(new)
            kept = events
            throw Interrupted()
          }
        ) { new, tracks in
          for event in new { #expect(Int(event.vehicle) < tracks.count) }
          events += new
        }
        kept = events
      } catch is Interrupted {
        interruptions += 1
      }
    }
    // A batch has 8,192 fixes at most; each was a place to stop at.
    #expect(interruptions >= 4)
    #expect(kept == expected)
    #expect(summary?.counts == whole.counts && summary?.tracks == whole.tracks)
    #expect(summary?.report == whole.report && summary?.failures == whole.failures)
  }

  @Test func `where the input that it was in cannot be read any more, the next one is read whole`() async throws {
    let inputs = [Self.file(vehicles: 3, fixes: 4_000), Self.file(vehicles: 5, fixes: 4_000)]
    let replay = Replay(fences: try FenceSet([]), configuration: Engine.Configuration(), jobs: 1)
    var saved: Replay.Checkpoint?
    await #expect(throws: Interrupted.self) {
      _ = try await replay.run(
        inputs, every: 1,
        save: { new in
          saved = new
          throw Interrupted()
        }
      ) { _, _ in }
    }
    let alone = try await replay.run([inputs[1]]) { _, _ in }
    let summary = try await replay.run([InputFile(path: "/nonexistent.csv"), inputs[1]], from: try #require(saved)) {
      _, _ in
    }
    let read = Int(summary.counts.received) - Int(alone.counts.received)
    #expect(summary.failures.count == 1 && read > 0 && read <= 8192, "\(read) of the first")
  }

  @Test func `it says what the engine says by itself`() async throws {
    let file = Self.file(vehicles: 3, fixes: 800)
    var random = RandomFences(seed: 3)
    let fences = random.fences(count: 60, around: Coordinate(latitude: 50, longitude: 14), extent: 0.05)
    var engine = Engine(fences: try FenceSet(fences))
    var buffer = EventBuffer()
    var tracks = TrackTable()
    var fixes: [Fix] = []
    var reader = try TrackReader(file)
    while try reader.read(into: &fixes, tracks: &tracks) {}
    engine.process(fixes.span, into: &buffer)
    engine.finish(into: &buffer)
    #expect(try await Self.run([file], jobs: 2).events == buffer.events)
  }

  @Test func `a missing file among good ones is told and the others are read`() async throws {
    let good = Self.file(vehicles: 1, fixes: 300)
    let (events, summary) = try await Self.run([InputFile(path: "/nowhere/at-all.csv"), good], jobs: 2)
    #expect(!events.isEmpty)
    #expect(summary.failures.map(\.code) == [.unreadableFile])
    #expect(summary.failures.first?.description.contains("at-all.csv") == true)
  }

  @Test func `what the writer throws ends the run`() async throws {
    struct Full: Error {}
    await #expect(throws: Full.self) {
      _ = try await Replay(fences: FenceSet([]), jobs: 2).run([Self.file(vehicles: 2, fixes: 300)]) { _, _ in
        throw Full()
      }
    }
  }
}
