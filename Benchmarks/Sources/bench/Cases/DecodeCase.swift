import TriplineCore
import TriplineFormats

/// Rows of gzipped CSV to fixes.
enum DecodeCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    [
      try run(fixtures.trackFile(), passes: fixtures.isQuick ? 3 : 9),
      try run(fixtures.fleetFile(), passes: fixtures.isQuick ? 1 : 4),
    ]
  }

  private static func run(_ file: TrackFile, passes: Int) throws -> Row {
    var ours = Samples()
    var naive = Samples()
    for _ in 0..<passes {
      var count = 0
      try ours.measure(file.fixes.count) { count = try read(file.bytes) }
      guard count == file.fixes.count else { throw BenchmarkError(description: "decode: \(count) fixes") }
      naive.measure(file.fixes.count) { count = NaiveDecoder.fixes(file.bytes).count }
      guard count == file.fixes.count else { throw BenchmarkError(description: "naive decode: \(count) fixes") }
    }
    return Row(
      name: "decode", workload: file.name, unit: "ns/row", ours: ours.quantiles, baselineName: "split and Double()",
      baseline: naive.quantiles)
  }

  private static func read(_ bytes: [UInt8]) throws -> Int {
    var count = 0
    var batch: [Fix] = []
    var tracks = TrackTable()
    var reader = try TrackReader(InputFile(bytes: bytes, name: "tracks.csv.gz"))
    while try reader.read(into: &batch, tracks: &tracks) {
      count += batch.count
      batch.removeAll(keepingCapacity: true)
    }
    return count
  }
}
