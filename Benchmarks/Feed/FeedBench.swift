import Foundation
import GRDB
import MyCarTracks
import TriplineCore
import TriplineFormats
import TriplineStore

/// Measures the feed: live messages into positions, fixes into the archive and out of it, each beside the way one would write
/// without a thought. Prints a table; times are those of the best of five runs, in CPU time. The other forms measure the service
/// and the command.
///
/// ```
/// feed-bench TRACKS.csv.gz...
/// feed-bench alerts [SECONDS]
/// feed-bench soak [SECONDS [FIXES_PER_SECOND]]
/// feed-bench tile38 PORT [SECONDS]
/// feed-bench backtest TRIPLINE FOLDER [VEHICLES [DAYS]]
/// ```
@main
struct FeedBench {
  static func main() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    switch words.first {
    case "alerts": return try await AlertBench.run(seconds: number(words, 1, from: 1, otherwise: 20))
    case "soak":
      let rate = words.count > 2 ? number(words, 2, from: 1, otherwise: 0) : nil
      if try await !SoakBench.run(seconds: number(words, 1, from: 1, otherwise: 3600), rate: rate) { exit(1) }
      return
    case "tile38" where words.count > 1:
      let port = UInt16(min(65_535, number(words, 1, from: 1, otherwise: 0)))
      return try await Tile38Bench.run(port: port, seconds: number(words, 2, from: 1, otherwise: 10))
    case "backtest" where words.count > 2:
      return try await BacktestBench.run(
        words[1], in: URL(fileURLWithPath: words[2]), vehicles: Int(number(words, 3, from: 1, otherwise: 500)),
        days: Int(number(words, 4, from: 1, otherwise: 30)))
    default: break
    }
    let inputs = words.map { InputFile(path: $0) }
    let tracks = RecordedInputs(inputs).tracks.filter { $0.fixes.count > 100 }
    guard !tracks.isEmpty else {
      FileHandle.standardError.write(Data("feed-bench: give recorded tracks\n".utf8))
      exit(66)
    }
    print("| what | ours, a second | beside | that, a second | ratio | goal |")
    print("| --- | --- | --- | --- | --- | --- |")
    decode(tracks)
    try archive(tracks)
  }

  /// An argument that is a number of at least `least`; another one ends the program.
  private static func number(_ words: [String], _ index: Int, from least: Double, otherwise: Double) -> Double {
    guard index < words.count else { return otherwise }
    if let number = Double(words[index]), number >= least { return number }
    FileHandle.standardError.write(Data("feed-bench: \(words[index]) is no number from \(Int(least)) on\n".utf8))
    exit(64)
  }

  // MARK: Live messages

  /// What a program would declare for the canonical message.
  private struct Message: Decodable {
    struct Place: Decodable {
      var latitude: Double
      var longitude: Double
      var speed: Double?
      var bearing: Double?
      var altitude: Double?
      var accuracy: Double?
      var time: Int64
    }

    var type: String
    var timestamp: Int64
    var vehicleId: Int
    var vehicleName: String
    var position: Place
    var trackId: Int
  }

  private static func decode(_ tracks: [ExportedTrack]) {
    let messages = tracks.flatMap(\.fixes).prefix(50_000).map { fix in
      Array(
        #"{"type":"position","timestamp":\#(fix.time + 200),"vehicleId":101,"vehicleName":"Van 1","position":{"latitude":\#(fix.latitude),"longitude":\#(fix.longitude),"speed":\#(fix.speed ?? 0),"bearing":\#(fix.course ?? 0),"altitude":\#(fix.altitude ?? 0),"accuracy":\#(fix.accuracy ?? 5),"time":\#(fix.time)},"trackId":90017}"#
          .utf8)
    }
    var decoder = LiveDecoder()
    let ours = best {
      var count = 0
      for message in messages { count += decoder.events(in: message).count }
      precondition(count == messages.count)
    }
    let json = JSONDecoder()
    let datas = messages.map { Data($0) }
    let theirs = best {
      var count = 0
      for data in datas { count += (try? json.decode(Message.self, from: data)) == nil ? 0 : 1 }
      precondition(count == messages.count)
    }
    row("live messages decoded", messages.count, ours, "Foundation's JSONDecoder", theirs, "200,000")
  }

  // MARK: The archive

  private static func archive(_ recorded: [ExportedTrack]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("feed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // The recorded tracks, of as many vehicles as make half a million fixes.
    let total = recorded.reduce(0) { $0 + $1.fixes.count }
    let copies = max(1, 500_000 / total)
    let points = recorded.map { track in
      track.fixes.map { fix in
        TrackPoint(
          time: fix.time, latitude: fix.latitude, longitude: fix.longitude,
          altitude: fix.altitude.map { Reading(value: Double($0)) },
          speed: fix.speed.map { Reading(value: Double($0) * 3.6) }, bearing: fix.course.map(Double.init),
          accuracy: fix.accuracy.map(Double.init))
      }
    }
    var path = ""
    let ours = try best(of: 3) {
      path = folder.appendingPathComponent("\(UUID().uuidString).db").path
      try insertions(path, points, copies: copies)
    }
    let theirs = try best(of: 3) {
      try plainInsertions(folder.appendingPathComponent("\(UUID().uuidString).db").path, points, copies: copies)
    }
    let count = total * copies
    row("fixes written to the archive", count, ours, "GRDB's arguments, a table with an index", theirs, "500,000")
    let csv = folder.appendingPathComponent("fixes.csv").path
    var writer = try TrackWriter(.csv, to: OutputSink(path: csv))
    for track in recorded { try writer.write(track) }
    try writer.finish()
    let archived = try best { try engine(InputFile(path: path), expecting: nil) }
    let text = try best { try engine(InputFile(path: csv), expecting: total) }
    row(
      "fixes from the archive through the engine", count, archived, "from CSV", text * Double(count) / Double(total),
      "1,000,000")
  }

  private static func engine(_ input: InputFile, expecting count: Int?) throws {
    var engine = Engine(fences: try FenceSet([]))
    var reader = try TrackReader(input)
    var (fixes, tracks, events, read) = ([Fix](), TrackTable(), EventBuffer(), 0)
    while try reader.read(into: &fixes, tracks: &tracks) {
      engine.process(fixes.span, into: &events)
      read += fixes.count
      fixes.removeAll(keepingCapacity: true)
      events.removeAll()
    }
    engine.finish(into: &events)
    precondition(count == nil || read == count)
  }

  private static func insertions(_ path: String, _ points: [[TrackPoint]], copies: Int) throws {
    let archive = try Archive(path: path)
    let units = UnitFindings()
    for copy in 0..<copies {
      let listed = points.enumerated().map { number, track in
        Track(
          id: ResourceID("\(copy)-\(number)"), vehicleID: ResourceID("\(copy)"), startTime: track.first?.time,
          endTime: track.last?.time)
      }
      _ = try archive.note(listed, at: 0)
    }
    for track in try archive.pendingTracks(at: 0) {
      guard let number = track.id.text.split(separator: "-").last.flatMap({ Int($0) }) else { continue }
      _ = try archive.replaceFixes(of: track, with: points[number].compactMap { StoredFix($0, units) })
    }
  }

  private static func plainInsertions(_ path: String, _ points: [[TrackPoint]], copies: Int) throws {
    let queue = try DatabasePool(path: path)
    try queue.write { database in
      try database.execute(
        sql: """
          CREATE TABLE fix (id INTEGER PRIMARY KEY, vehicle INTEGER, time INTEGER, track INTEGER, latitude REAL,
            longitude REAL, altitude REAL, speed REAL, bearing REAL, accuracy REAL);
          CREATE INDEX fix_time ON fix (vehicle, time)
          """)
    }
    for copy in 0..<copies {
      for (number, track) in points.enumerated() {
        try queue.write { database in
          for point in track {
            try database.execute(
              sql: """
                INSERT INTO fix (vehicle, time, track, latitude, longitude, altitude, speed, bearing, accuracy)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
              arguments: [
                copy, point.time, number, point.latitude, point.longitude, point.altitude?.value, point.speed?.value,
                point.bearing, point.accuracy,
              ])
          }
        }
      }
    }
  }

  // MARK: Measuring

  /// The least CPU time in seconds, of all threads: a pool of connections has its own.
  private static func best(of runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<runs {
      let start = processTime
      try body()
      least = min(least, processTime - start)
    }
    return least
  }

  private static var processTime: Double { Double(clock()) / 1e6 }

  private static func row(
    _ what: String, _ count: Int, _ ours: Double, _ name: String, _ theirs: Double, _ goal: String
  ) {
    func rate(_ seconds: Double) -> String { "\(Int(Double(count) / seconds / 1000)),000" }
    print(
      "| \(what) | \(rate(ours)) | \(name) | \(rate(theirs)) | \(String(format: "%.1f", theirs / ours))× | \(goal) |")
  }
}
