public import TriplineCore
public import TriplineFormats

/// Recorded tracks read whole, for tests.
public struct RecordedTracks {
  /// All fixes in the order of the file.
  public var fixes: [Fix] = []
  /// The tracks.
  public var tracks = TrackTable()

  /// Reads `tracks/NAME.csv.gz` of the shared data.
  public init(_ name: String) throws {
    var reader = try TrackReader(InputFile(path: SharedData.path("tracks/\(name).csv.gz")))
    while try reader.read(into: &fixes, tracks: &tracks) {}
  }

  /// The fixes of one track.
  public subscript(track: UInt32) -> [Fix] { fixes.filter { $0.vehicle == track } }
}
