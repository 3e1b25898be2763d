import TriplineCore

/// An outline on a map, for a script.
struct MapShape: Encodable {
  /// The id of the fence.
  var id: String
  /// What it is called.
  var name: String
  /// Outlines and holes as latitude and longitude in degrees.
  var rings: [[[Double]]]?
  /// The middle of a circle, and its radius in metres.
  var center: [Double]?
  var radius: Double?
  /// A line.
  var path: [[Double]]?
  /// Whether it is one that the vehicle was in.
  var isVisited: Bool?

  init(_ fence: Fence) {
    id = fence.id
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

  /// The parts of the outline that reach a part of the Earth, with no more corners than show there; `nil` where none does.
  func shown(on view: MapView) -> MapShape? {
    var shape = self
    (shape.rings, shape.path, shape.center) = (rings.map { _ in [] }, nil, nil)
    for shift in [0.0, 360, -360] {
      func shifted(_ line: [[Double]]) -> [[Double]] { shift == 0 ? line : line.map { [$0[0], $0[1] + shift] } }
      for ring in rings ?? [] {
        let moved = shifted(ring)
        if view.meets(moved) { shape.rings?.append(Self.simplified(moved, for: view)) }
      }
      if let path, view.meets(shifted(path)) { shape.path = Self.simplified(shifted(path), for: view) }
      if let center, let radius {
        let metric = LocalMetric(latitude: max(-89, min(89, center[0])))
        let (up, across) = (radius / metric.metersPerDegreeLatitude, radius / metric.metersPerDegreeLongitude)
        let moved = [center[0], center[1] + shift]
        if view.meets([[moved[0] - up, moved[1] - across], [moved[0] + up, moved[1] + across]]) {
          shape.center = moved
        }
      }
    }
    return shape.rings?.isEmpty ?? (shape.path == nil && shape.center == nil) ? nil : shape
  }

  /// A line without the corners that are nearer to it than a two-thousandth of what the map shows.
  private static func simplified(_ line: [[Double]], for view: MapView) -> [[Double]] {
    let corners = line.map {
      Fix(vehicle: 0, time: 0, latitude: max(-90, min(90, $0[0])), longitude: MapView.longitude($0[1], near: 0))
    }
    let kept = TrackSimplifier.keptIndices(of: corners.span, tolerance: view.diagonal / 2_000)
    return kept.map { line[$0] }
  }

  /// The shapes that reach a part of the Earth, the first ones as far as they have so many corners together, and the
  /// number of those left out.
  static func shown(_ shapes: [MapShape], on view: MapView, corners: Int) -> (shapes: [MapShape], leftOut: Int) {
    var (left, leftOut) = (corners, 0)
    let shown = shapes.compactMap { shape -> MapShape? in
      guard let shown = shape.shown(on: view) else { return nil }
      guard shown.count <= left else {
        leftOut += 1
        return nil
      }
      left -= shown.count
      return shown
    }
    return (shown, leftOut)
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

  /// Whether the box around some places reaches it.
  func meets(_ places: [[Double]]) -> Bool {
    var box = MapView()
    for place in places { box.add(latitude: place[0], longitude: place[1]) }
    return box.north >= south && box.south <= north && box.east >= west && box.west <= east
  }

  /// Metres from corner to corner, about.
  var diagonal: Double {
    guard !isEmpty else { return 0 }
    let metric = LocalMetric(latitude: max(-89, min(89, (south + north) / 2)))
    let (up, across) = (
      (north - south) * metric.metersPerDegreeLatitude, (east - west) * metric.metersPerDegreeLongitude
    )
    return (up * up + across * across).squareRoot()
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
