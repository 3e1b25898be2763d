/// A time of strong acceleration, by reported speeds.
public struct HarshEvent: Sendable, BitwiseCopyable, Equatable {
  /// What the vehicle did.
  public enum Kind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// It lost speed.
    case brake
    /// It gained speed.
    case accelerate
    /// It changed its course.
    case corner
  }

  /// How strong it was, by its peak.
  public enum Level: UInt8, Sendable, BitwiseCopyable, Comparable, CaseIterable {
    case noticeable = 1
    case harsh, severe

    /// Orders the weaker one first.
    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  /// What the vehicle did.
  public var kind: Kind
  /// How strong it was.
  public var level: Level
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Row number of the first fix that shows it.
  public var firstSequence: UInt32
  /// Row number of the last.
  public var lastSequence: UInt32
  /// Start in milliseconds UTC.
  public var start: Int64
  /// End in milliseconds UTC.
  public var end: Int64
  /// Where the vehicle was at the peak.
  public var coordinate: Coordinate
  /// The largest acceleration in metres a second squared, never negative.
  public var peak: Float
  /// Metres a second by which the speed changed, negative when braking; of a corner, degrees by which the course did,
  /// negative to the left.
  public var change: Float
  /// Speed before it, in metres a second.
  public var speedBefore: Float
  /// Accuracy in metres stated at the peak, or `nil`: above 20 m nobody should be alerted.
  public var accuracy: Float?

  /// Length in milliseconds.
  public var duration: Int64 { end - start }
}

/// A time of driving faster than allowed.
public struct OverspeedEvent: Sendable, BitwiseCopyable, Equatable {
  /// How far above the limit the peak was.
  public enum Tier: UInt8, Sendable, BitwiseCopyable, Comparable, CaseIterable {
    /// Above tolerance and margin, below the first of the other tiers.
    case slight
    case moderate, serious, extreme

    /// Orders the weaker one first.
    public static func < (a: Tier, b: Tier) -> Bool { a.rawValue < b.rawValue }
  }

  /// How far above the limit the peak was.
  public var tier: Tier
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Row number of the first fix that was too fast.
  public var firstSequence: UInt32
  /// Row number of the last fix above the limit.
  public var lastSequence: UInt32
  /// Start in milliseconds UTC: the first fix that was too fast.
  public var start: Int64
  /// End in milliseconds UTC: the last fix above the limit.
  public var end: Int64
  /// Where it began.
  public var coordinate: Coordinate
  /// The largest speed in metres a second.
  public var peak: Float
  /// The limit in metres a second where the speed was farthest above it.
  public var limit: Float
  /// Metres driven meanwhile.
  public var distance: Float

  /// Length in milliseconds.
  public var duration: Int64 { end - start }
}
