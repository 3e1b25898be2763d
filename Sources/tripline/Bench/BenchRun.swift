import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// Runs the parts of a benchmark on inputs in memory.
struct BenchRun {
  private let inputs: [InputFile]
  private let format: TrackFormat?
  private let repetitions: Int
  private var fixes: [Fix] = []
  private(set) var report = ReadReport()
  private(set) var result: BenchResult

  init(_ inputs: [InputFile], format: TrackFormat?, repetitions: Int) {
    self.inputs = inputs
    self.format = format
    self.repetitions = repetitions
    result = BenchResult(
      version: Tripline.configuration.version, inputs: inputs.map(\.name), repetitions: repetitions)
  }

  /// Measures decoding, and keeps the fixes for the other parts.
  mutating func decode() throws(FormatError) {
    var times: [Double] = []
    for _ in 0..<repetitions {
      fixes.removeAll(keepingCapacity: true)
      report = ReadReport()
      var tracks = TrackTable()
      let start = Self.clock
      for input in inputs {
        var reader = try TrackReader(input, format: format)
        while try reader.read(into: &fixes, tracks: &tracks) {}
        report.merge(reader.report)
      }
      times.append(Self.clock - start)
    }
    add("decode", times, events: 0)
  }

  /// Measures the engine over all fixes.
  mutating func run(_ name: String, fences: FenceSet, scores: Bool = false) {
    var configuration = Engine.Configuration()
    if scores { configuration.scoring = ScoringParameters() }
    var times: [Double] = []
    var count = 0
    for _ in 0..<repetitions {
      var engine = Engine(fences: fences, configuration: configuration)
      var events = EventBuffer()
      count = 0
      let start = Self.clock
      for first in stride(from: 0, to: fixes.count, by: TrackReader.batchSize) {
        let end = min(fixes.count, first + TrackReader.batchSize)
        engine.process(fixes.span.extracting(first..<end), into: &events)
        count += events.events.count
        events.removeAll()
      }
      engine.finish(into: &events)
      count += events.events.count
      times.append(Self.clock - start)
    }
    add(name, times, events: count)
  }

  private mutating func add(_ name: String, _ times: [Double], events: Int) {
    let sorted = times.sorted().map { fixes.isEmpty ? 0 : $0 / Double(fixes.count) }
    result.parts.append(
      BenchResult.Part(
        name: name, fixes: fixes.count, events: events, shortestNs: sorted[0],
        medianNs: sorted[(sorted.count - 1) / 2]))
  }

  /// Nanoseconds of CPU time of this thread.
  private static var clock: Double {
    // Seconds and nanoseconds. Which module the members of the type belong to depends on what else is imported anywhere.
    withUnsafeTemporaryAllocation(of: timespec.self, capacity: 1) { time in
      guard let start = time.baseAddress, clock_gettime(CLOCK_THREAD_CPUTIME_ID, start) == 0 else { return 0 }
      return UnsafeRawBufferPointer(time).withMemoryRebound(to: Int.self) { Double($0[0]) * 1e9 + Double($0[1]) }
    }
  }
}
