import TriplineCore

/// An outline on a map, for a script.
struct MapShape: Encodable {
  /// What it is called.
  var name: String
  /// Outlines and holes as latitude and longitude in degrees.
  var rings: [[[Double]]]?
  /// The middle of a circle, and its radius in metres.
  var center: [Double]?
  var radius: Double?
  /// A line.
  var path: [[Double]]?

  init(_ fence: Fence) {
    name = fence.name ?? fence.id
    switch fence.shape {
    case .polygons(let polygons):
      rings = polygons.flatMap(\.rings).map { ring in
        var last = ring.coordinates.first?.longitude ?? 0
        return ring.coordinates.map { coordinate in
          last = MapView.longitude(coordinate.longitude, near: last)
          return MapView.pair(Coordinate(latitude: coordinate.latitude, longitude: last))
        }
      }
    case .circle(let center, let radius):
      self.center = MapView.pair(center)
      self.radius = radius
    case .box(let south, let west, let north, let east):
      let far = east < west ? east + 360 : east
      rings = [[[south, west], [south, far], [north, far], [north, west]]]
    case .corridor(let line, _): path = line.map { MapView.pair($0) }
    }
  }

  /// How many corners it is drawn with.
  var count: Int { (rings ?? [path ?? []]).reduce(0) { $0 + $1.count } }

  /// The outline as it stands on a map that shows a part of the Earth; `nil` where it does not reach there.
  func shown(on view: MapView) -> MapShape? {
    let points = (rings ?? []).flatMap { $0 } + (path ?? []) + (center.map { [$0] } ?? [])
    guard let first = points.first else { return nil }
    var (south, north, west, east) = (first[0], first[0], first[1], first[1])
    for point in points {
      (south, north) = (min(south, point[0]), max(north, point[0]))
      (west, east) = (min(west, point[1]), max(east, point[1]))
    }
    if let radius, let center {
      let metric = LocalMetric(latitude: max(-89, min(89, center[0])))
      (south, north) = (
        south - radius / metric.metersPerDegreeLatitude, north + radius / metric.metersPerDegreeLatitude
      )
      (west, east) = (west - radius / metric.metersPerDegreeLongitude, east + radius / metric.metersPerDegreeLongitude)
    }
    guard north >= view.south && south <= view.north,
      let shift = [0.0, 360, -360].first(where: { east + $0 >= view.west && west + $0 <= view.east })
    else { return nil }
    guard shift != 0 else { return self }
    var shape = self
    shape.rings = rings?.map { $0.map { [$0[0], $0[1] + shift] } }
    shape.path = path?.map { [$0[0], $0[1] + shift] }
    shape.center = center.map { [$0[0], $0[1] + shift] }
    return shape
  }

  /// The shapes that reach a part of the Earth, the first ones as far as they have so many corners together.
  static func shown(_ shapes: [MapShape], on view: MapView, corners: Int) -> [MapShape] {
    var left = corners
    return shapes.compactMap { shape in
      guard let shown = shape.shown(on: view), shown.count <= left else { return nil }
      left -= shown.count
      return shown
    }
  }
}

/// The part of the Earth that a map shows. Longitudes go on beyond 180 degrees, so that a way across that meridian is
/// one line.
struct MapView {
  private(set) var south = Double.infinity
  private(set) var west = Double.infinity
  private(set) var north = -Double.infinity
  private(set) var east = -Double.infinity

  var isEmpty: Bool { south > north }

  /// Makes room for a place, at the longitude it has on the map.
  mutating func add(latitude: Double, longitude: Double) {
    (south, north) = (min(south, latitude), max(north, latitude))
    (west, east) = (min(west, longitude), max(east, longitude))
  }

  /// The same part and so many degrees around it.
  func widened(by degrees: Double) -> MapView {
    var view = self
    (view.south, view.north) = (south - degrees, north + degrees)
    (view.west, view.east) = (west - degrees, east + degrees)
    return view
  }

  /// A place on the map, whichever way round its longitude is counted.
  func pair(_ coordinate: Coordinate) -> [Double] {
    let middle = isEmpty ? 0 : (west + east) / 2
    return Self.pair(
      Coordinate(
        latitude: coordinate.latitude, longitude: Self.longitude(coordinate.longitude, near: middle)))
  }

  /// Latitude and longitude to about a metre.
  static func pair(_ coordinate: Coordinate) -> [Double] {
    [coordinate.latitude, coordinate.longitude].map { ($0 * 1e5).rounded() / 1e5 }
  }

  /// The longitude, or the same one turn further, that is next to another one.
  static func longitude(_ longitude: Double, near other: Double) -> Double {
    longitude + ((other - longitude) / 360).rounded() * 360
  }
}
