public import TriplineCore

/// Knows the ids that go with the dense indices in events.
public protocol EventNames {
  /// The ids of a track and its vehicle.
  func track(_ index: UInt32) -> (trackID: String, vehicleID: String)
  /// The id of a fence.
  func fenceID(_ index: UInt32) -> String
}

/// The ids of recorded tracks and of a set of fences.
public struct RecordedNames: EventNames, Sendable {
  /// The tracks that were read.
  public var tracks: TrackTable
  /// The ids of the fences by their index in the set.
  public var fenceIDs: [String]

  /// Creates the names.
  public init(tracks: TrackTable, fenceIDs: [String]) {
    self.tracks = tracks
    self.fenceIDs = fenceIDs
  }

  /// Creates the names for a list of fences in the order of their set.
  public init(tracks: TrackTable, fences: [Fence]) {
    self.init(tracks: tracks, fenceIDs: fences.map(\.id))
  }

  /// The ids of a track and its vehicle.
  ///
  /// - Precondition: `index` came from the table.
  public func track(_ index: UInt32) -> (trackID: String, vehicleID: String) {
    let track = tracks[index]
    return (track.trackID, track.vehicleID)
  }

  /// The id of a fence.
  ///
  /// - Precondition: `index` is one of the set's.
  public func fenceID(_ index: UInt32) -> String { fenceIDs[Int(index)] }
}
