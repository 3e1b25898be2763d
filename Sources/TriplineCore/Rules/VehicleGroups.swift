/// Groups of vehicles, at most 64: a bit each, whose meaning is their owner's.
///
/// ```swift
/// let north = VehicleGroups(rawValue: 1 << 0)
/// engine.assign(vehicle, to: [north])
/// ```
public struct VehicleGroups: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: UInt64

  /// The groups of some bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}
