public import MyCarTracks

/// What a sync has come to.
public struct SyncOutcome: Sendable, Hashable {
  /// Vehicles and fences of the account.
  public var vehicles = 0
  /// Fences of the account.
  public var fences = 0
  /// Tracks that were listed.
  public var listed = 0
  /// Tracks whose points were fetched.
  public var fetched = 0
  /// Fixes of these.
  public var fixes = 0
  /// Tracks that were listed and are gone.
  public var gone = 0
  /// Points without a place that could be kept.
  public var unusable = 0
  /// What the account's numbers mean.
  public var units = UnitFindings()

  /// Nothing done yet.
  public init() {}
}

/// How far a sync is.
public struct SyncProgress: Sendable, Hashable {
  /// Tracks fetched, of all that are to be.
  public var fetched: Int
  /// Tracks to be fetched.
  public var tracks: Int
  /// Fixes so far.
  public var fixes: Int
}
