/// A position in ten-millionths of a degree (1.1 cm), for places that state has to remember but not to compute with.
struct CompactCoordinate: Hashable, Sendable, BitwiseCopyable {
  private var latitude: Int32
  private var longitude: Int32

  @inline(__always)
  init(_ coordinate: Coordinate) {
    latitude = Self.nearest(coordinate.latitude * 1e7)
    longitude = Self.nearest(coordinate.longitude * 1e7)
  }

  /// The nearest whole number. Added to 1.5 * 2^52 a number has its ones in the last bits of the sum, which spares a call of
  /// the mathematical library.
  @inline(__always)
  private static func nearest(_ value: Double) -> Int32 {
    Int32(truncatingIfNeeded: (value + 6_755_399_441_055_744).bitPattern)
  }

  /// Degrees from here to a position, the shorter way around. It multiplies where `coordinate` divides, and may differ in the last bit.
  @inline(__always)
  func offset(to other: Coordinate) -> (latitude: Double, longitude: Double) {
    (other.latitude - Double(latitude) * 1e-7, wrappedLongitude(other.longitude - Double(longitude) * 1e-7))
  }

  var coordinate: Coordinate {
    Coordinate(latitude: Double(latitude) / 1e7, longitude: Double(longitude) / 1e7)
  }
}

extension CompactCoordinate {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&latitude)
    try coder.code(&longitude)
  }
}
