import TriplineCore
import TriplineFormats

/// Recorded tracks as other libraries of trips want them: whole, with strictly ascending times.
enum AscendingTracks {
  /// The tracks of a file of the shared data with at least two fixes; none where the file is not there.
  static func load(_ name: String) throws -> [[Fix]] {
    guard let path = TrackFile.shared(name) else { return [] }
    var reader = try TrackReader(InputFile(path: path))
    var table = TrackTable()
    var fixes: [Fix] = []
    while try reader.read(into: &fixes, tracks: &table) {}
    let tracks = Dictionary(grouping: fixes, by: \.vehicle).sorted { $0.key < $1.key }.map { _, track in
      var kept: [Fix] = []
      for fix in track where fix.time > kept.last?.time ?? .min { kept.append(fix) }
      return kept
    }.filter { $0.count > 1 }
    return tracks.enumerated().map { index, track in
      track.map { fix in
        var fix = fix
        fix.vehicle = UInt32(index)
        return fix
      }
    }
  }

  /// Synthetic: a vehicle that is parked, with a fix a second and a receiver that wanders by some metres.
  static func parked(_ count: Int) -> [Fix] {
    var generator = SeededGenerator(seed: 4711)
    var (north, east) = (0.0, 0.0)
    return (0..<count).map { index in
      north = 0.95 * north + Double.random(in: -1...1, using: &generator)
      east = 0.95 * east + Double.random(in: -1...1, using: &generator)
      return Fix(
        vehicle: 0, time: 1_700_000_000_000 + Int64(index) * 1000, latitude: 50 + north / 111_229,
        longitude: 14.4 + east / 71_700, speed: 0, accuracy: 5, sequence: UInt32(index))
    }
  }
}
