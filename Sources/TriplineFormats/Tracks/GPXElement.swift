/// The elements of GPX that matter for tracks.
enum GPXElement {
  case gpx, trk, trkseg, trkpt, name, time, ele, speed, course, rtept, wpt, other

  init(_ name: ArraySlice<UInt8>) {
    self = Self.known.first { name.elementsEqual($0.name.utf8) }?.element ?? .other
  }

  /// The commonest first.
  private static let known: [(name: String, element: GPXElement)] = [
    ("trkpt", .trkpt), ("time", .time), ("ele", .ele), ("speed", .speed), ("course", .course), ("name", .name),
    ("trkseg", .trkseg), ("trk", .trk), ("gpx", .gpx), ("rtept", .rtept), ("wpt", .wpt),
  ]
}
