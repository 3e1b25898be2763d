public import TriplineCore

/// Something that a rule has told of a vehicle, from when it fires until it is resolved.
public struct Alert: Sendable, Hashable, Codable {
  /// An id that follows from what it is about: the same fact has the same one, live, replayed and in a backtest.
  public var id: String
  /// The rule.
  public var rule: String
  /// What tells one version of the rule from another, as far as it matters for what is detected.
  public var revision: String
  /// What it is about, like `geofence.enter` or `trip.scored`.
  public var kind: String
  /// The vehicle's id.
  public var vehicleID: String
  /// The vehicle's name for people.
  public var vehicleName: String
  /// The fence's id, of rules about fences.
  public var fenceID: String?
  /// The fence's name, where it has one.
  public var fenceName: String?
  /// The id of the other vehicle, of rules of proximity.
  public var otherID: String?
  /// The other vehicle's name for people.
  public var otherName: String?
  /// When it became true on the vehicle, in milliseconds UTC.
  public var startsAt: Int64
  /// When it was decided, by the time of the vehicle's fixes, in milliseconds UTC; of what is known when it is over, its end.
  public var decidedAt: Int64
  /// When it was over, in milliseconds UTC; `nil` as long as it fires.
  public var resolvedAt: Int64?
  /// Where the vehicle was; `nil` of a trip.
  public var coordinate: Coordinate?
  /// Why it fired, for people.
  public var reason: String
  /// Labels, those that tripline sets included.
  public var labels: [String: String]
  /// Texts for people.
  public var annotations: [String: String]
  /// Why nobody is told when it fires, or `nil`.
  public var muting: String?
}

/// A step in the life of an alert.
public enum AlertChange: Sendable, Hashable {
  /// It fires.
  case fired(Alert)
  /// It is over; with the time of that.
  case resolved(Alert)
}
