/// The elements of GPX that matter for tracks.
enum GPXElement {
  case gpx, trk, trkseg, trkpt, name, time, ele, speed, course, rtept, wpt, other

  /// An element by its name without prefix.
  init(_ name: Span<UInt8>) {
    self = Self.known.first { Self.isEqual(name, $0.name) }?.element ?? .other
  }

  /// The commonest first.
  private static let known: [(name: StaticString, element: GPXElement)] = [
    ("trkpt", .trkpt), ("time", .time), ("ele", .ele), ("speed", .speed), ("course", .course), ("name", .name),
    ("trkseg", .trkseg), ("trk", .trk), ("gpx", .gpx), ("rtept", .rtept), ("wpt", .wpt),
  ]

  private static func isEqual(_ name: Span<UInt8>, _ known: StaticString) -> Bool {
    guard name.count == known.utf8CodeUnitCount else { return false }
    for index in name.indices where name[index] != known.utf8Start[index] { return false }
    return true
  }
}
