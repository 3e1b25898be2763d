/// A position in ten-millionths of a degree (1.1 cm), for places that state has to remember but not to compute with.
struct CompactCoordinate: Hashable, Sendable, BitwiseCopyable {
  private var latitude: Int32
  private var longitude: Int32

  init(_ coordinate: Coordinate) {
    latitude = Int32((coordinate.latitude * 1e7).rounded())
    longitude = Int32((coordinate.longitude * 1e7).rounded())
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
