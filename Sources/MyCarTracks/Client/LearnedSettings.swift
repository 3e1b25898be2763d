/// What the API does not document and this client has found out, of one account.
public struct LearnedSettings: Sendable, Hashable, Codable {
  /// How times are written in the filters of a list of tracks.
  public enum TimeFilter: String, Sendable, Hashable, Codable {
    /// Seconds since 1970, as in version 2.
    case seconds
    /// Milliseconds since 1970, as in answers.
    case milliseconds
    /// The filters do nothing.
    case ignored
  }

  /// How vehicles and groups are named in the request for a live stream.
  public enum StreamBody: String, Sendable, Hashable, Codable, CaseIterable {
    /// `vehicleIds` and `vehicleGroupIds`.
    case vehicleIds
    /// `vehicleIds` and `groupIds`.
    case groupIds
    /// `vehicles` and `groups`.
    case vehicles
    /// None of them: the stream is of all vehicles, and this client chooses.
    case everything
  }

  /// How times are written; `nil` as long as that is not known.
  public var timeFilter: TimeFilter?
  /// When that was found out, in milliseconds UTC; that filters do nothing is looked at anew after a week.
  public var timeFilterDate: Int64?
  /// The most points of a track that came at once where more followed: how many requests a track takes is reckoned by it.
  public var pointCap: Int?
  /// How vehicles are named; `nil` as long as that is not known.
  public var streamBody: StreamBody?

  /// Knows nothing.
  public init() {}
}
