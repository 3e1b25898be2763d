public import MyCarTracks

/// What a sync has come to.
public struct SyncOutcome: Sendable {
  /// Vehicles of the account.
  public var vehicles = 0
  /// Fences of the account; `nil` where it does not list them, and those that are there stay.
  public var fences: Int?
  /// Why the fences could not be listed, where the API does not say that they are not for this account.
  public var fencesFailure: MyCarTracksError?
  /// Tracks that were listed.
  public var listed = 0
  /// Tracks that were listed without a vehicle, and left out.
  public var withoutVehicle = 0
  /// Tracks whose points were fetched.
  public var fetched = 0
  /// Fixes of these.
  public var fixes = 0
  /// Tracks that were listed and are gone.
  public var gone = 0
  /// Tracks that could not be fetched, and why; the next sync tries again.
  public var failures: [(track: ResourceID, error: MyCarTracksError)] = []
  /// Points without a place that could be kept, or of a time that cannot be: before 2010, or in the future.
  public var unusable = 0
  /// What the account's numbers mean.
  public var units = UnitFindings()

  /// Nothing done yet.
  public init() {}
}

/// How far a sync is.
public struct SyncProgress: Sendable, Hashable {
  /// Tracks that are done with, of all that are to be fetched.
  public var done: Int
  /// Tracks to be fetched.
  public var tracks: Int
  /// Fixes so far.
  public var fixes: Int
}
