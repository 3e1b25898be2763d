/// The ids that go with the dense indices in events.
public struct EventNames: Sendable {
  /// The tracks by their index.
  public var tracks: [TrackTable.Track]
  /// The ids of the fences by their index in the set.
  public var fenceIDs: [String]

  /// The ids of the rules by their index in the configuration.
  public var ruleIDs: [String]

  /// Creates the names.
  public init(tracks: [TrackTable.Track], fenceIDs: [String], ruleIDs: [String] = []) {
    self.tracks = tracks
    self.fenceIDs = fenceIDs
    self.ruleIDs = ruleIDs
  }
}
