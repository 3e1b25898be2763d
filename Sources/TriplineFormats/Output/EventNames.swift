/// The ids that go with the dense indices in events.
public struct EventNames: Sendable {
  /// The tracks by their index.
  public var tracks: [TrackTable.Track]
  /// The ids of the fences by their index in the set.
  public var fenceIDs: [String]

  /// Creates the names.
  public init(tracks: [TrackTable.Track], fenceIDs: [String]) {
    self.tracks = tracks
    self.fenceIDs = fenceIDs
  }
}
