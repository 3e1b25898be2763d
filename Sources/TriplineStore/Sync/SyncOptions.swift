public import MyCarTracks

/// What a sync is to fetch.
public struct SyncOptions: Sendable, Hashable {
  /// Tracks that end at this time or later, in milliseconds UTC; `nil` for those since the last sync, and all at the first one.
  public var since: Int64?
  /// Only these vehicles, or all.
  public var vehicles: Set<ResourceID>?
  /// Find out anew what the account's numbers mean, though it is known.
  public var verifiesUnits: Bool

  /// Creates options.
  public init(since: Int64? = nil, vehicles: Set<ResourceID>? = nil, verifiesUnits: Bool = false) {
    self.since = since
    self.vehicles = vehicles
    self.verifiesUnits = verifiesUnits
  }
}
