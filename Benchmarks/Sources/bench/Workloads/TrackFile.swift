import Foundation
import TriplineCore
import TriplineFormats

/// The file of recorded tracks that is read from end to end: a real one, or a synthetic one where that is absent.
struct TrackFile {
  let name: String
  let bytes: [UInt8]
  let fixes: [Fix]

  private static let recording = "tracks/car_world_kubicka_1hz.csv.gz"

  /// The recording from `TRIPLINE_SHARED_DATA`, or from `../shared/data` beside the checkout.
  static func load() throws -> TrackFile {
    guard let path = shared(recording), let data = FileManager.default.contents(atPath: path) else {
      FileHandle.standardError.write(Data("note: a synthetic drive stands in for the recorded tracks\n".utf8))
      return try synthetic()
    }
    return try TrackFile(name: "recorded tracks", bytes: [UInt8](data))
  }

  /// The first seconds of a fleet, its vehicles interleaved.
  static func fleet(in region: Region, seconds: Int) throws -> TrackFile {
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: region, seed: 12)
    return try TrackFile(name: "fleet", bytes: CSVText.gzipped(fleet.next(seconds: seconds)))
  }

  /// One track after the other, each of 40 minutes.
  private static func synthetic() throws -> TrackFile {
    let region = Region(south: 49, west: 14, side: 1)
    var fleet = SyntheticFleet(count: 100, in: region, seed: 7)
    let fixes = fleet.next(seconds: 2400).sorted { ($0.vehicle, $0.time) < ($1.vehicle, $1.time) }
    return try TrackFile(name: "synthetic drive", bytes: CSVText.gzipped(fixes))
  }

  private init(name: String, bytes: [UInt8]) throws {
    self.name = name
    self.bytes = bytes
    var fixes: [Fix] = []
    var tracks = TrackTable()
    var reader = try TrackReader(InputFile(bytes: bytes, name: "tracks.csv.gz"))
    while try reader.read(into: &fixes, tracks: &tracks) {}
    self.fixes = fixes
  }

  /// A file of the recorded data; `nil` where it is absent, which is told.
  static func shared(_ name: String) -> String? {
    var path = ""
    if let root = ProcessInfo.processInfo.environment["TRIPLINE_SHARED_DATA"] {
      path = "\(root)/\(name)"
    } else {
      var checkout = URL(fileURLWithPath: #filePath)
      for _ in 0..<5 { checkout.deleteLastPathComponent() }
      path = checkout.appending(path: "../shared/data/\(name)").standardized.path
    }
    if FileManager.default.fileExists(atPath: path) { return path }
    FileHandle.standardError.write(Data("note: \(path) is absent\n".utf8))
    return nil
  }
}
