/// Which vehicles are not to come near one another, or are to be told of when they do.
public struct ProximityRule: Sendable, Hashable {
  /// The owner's id.
  public var id: String
  /// Metres between two vehicles within which they are near.
  public var radius: Double
  /// Metres more than the radius that two have to be apart before they are not near any more.
  public var margin: Double
  /// The pairs it is about.
  public var pairs: Pairs

  /// Pairs of vehicles, by dense index.
  public enum Pairs: Sendable, Hashable {
    /// Any two vehicles.
    case all
    /// One vehicle of the one set and one of the other.
    case between(Set<UInt32>, Set<UInt32>)
  }

  /// Creates a rule.
  ///
  /// - Precondition: the radius is above 0 and at most 20 km, the margin is at least 0 and at most 20 km.
  public init(id: String, radius: Double, margin: Double = 0, pairs: Pairs = .all) {
    precondition(radius > 0 && radius <= 20_000, "radius must be above 0 and at most 20 km")
    precondition(margin >= 0 && margin <= 20_000, "margin must be between 0 and 20 km")
    self.id = id
    self.radius = radius
    self.margin = margin
    self.pairs = pairs
  }

  /// Whether it is about a vehicle and some other one.
  public func isAbout(_ vehicle: UInt32) -> Bool {
    guard case .between(let one, let other) = pairs else { return true }
    return one.contains(vehicle) || other.contains(vehicle)
  }

  /// Whether it is about two vehicles.
  func isAbout(_ a: UInt32, _ b: UInt32) -> Bool {
    guard case .between(let one, let other) = pairs else { return true }
    return (one.contains(a) && other.contains(b)) || (one.contains(b) && other.contains(a))
  }
}

/// Two vehicles that have come near one another, or have parted.
public struct ProximityEvent: Sendable, BitwiseCopyable, Equatable {
  /// What happened.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// They are within the radius: by this instant, or since both are known.
    case near
    /// They are farther apart than the radius and the margin, or not known to be near any more.
    case apart
  }

  /// What happened.
  public var kind: Kind
  /// Index of the rule.
  public var rule: UInt32
  /// The two by dense index, the smaller one first.
  public var vehicle: UInt32
  /// The other one.
  public var other: UInt32
  /// Instant in milliseconds UTC.
  public var time: Int64
  /// Metres between the two then.
  public var distance: Double
  /// Where the first one was.
  public var coordinate: Coordinate
  /// Where the other one was.
  public var otherCoordinate: Coordinate
}
