import Testing
import TriplineCore
import TriplineFormats

@Suite struct FenceProjectionTests {
  private static let corners = [(52.45, 13.1), (52.45, 13.9), (52.75, 13.9), (52.75, 13.1)].map(Coordinate.init)

  /// A document with a polygon for each list of points, and the reference system of that name.
  private func document(crs: String, _ rings: [[Projection.Point]]) -> InputFile {
    let features = rings.map { ring in
      let positions = ring.map { "[\($0.x),\($0.y)]" }.joined(separator: ",")
      return #"{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[\#(positions)]]}}"#
    }
    let text = #"{"type":"FeatureCollection","crs":\#(crs),"features":[\#(features.joined(separator: ","))]}"#
    return InputFile(bytes: Array(text.utf8), name: "f.geojson")
  }

  private func named(_ crs: String) -> String { #"{"type":"name","properties":{"name":"\#(crs)"}}"# }

  private func corners(of fence: Fence?) -> [Coordinate] {
    guard case .polygons(let polygons) = fence?.shape else { return [] }
    return polygons[0].exterior.coordinates
  }

  @Test(arguments: [
    "EPSG:32633", "urn:ogc:def:crs:EPSG::3857", "urn:ogc:def:crs:EPSG::25833",
    "http://www.opengis.net/def/crs/EPSG/0/32633", "+proj=utm +zone=33 +datum=WGS84",
  ])
  func `corners in another reference system come back to the digit`(name: String) throws {
    var points = Self.corners.map { Projection.Point($0) }
    let isPlain = name.hasPrefix("+")
    try Projection(from: "EPSG:4326", to: isPlain ? "EPSG:32633" : name).transform(&points)
    let result = try FenceReader().read(document(crs: named(isPlain ? name + " +type=crs" : name), [points]))
    #expect(result.report.isClean, "\(result.report.problems)")
    let found = corners(of: result.fences.first)
    for expected in Self.corners {
      #expect(
        found.contains {
          abs($0.latitude - expected.latitude) < 1e-9 && abs($0.longitude - expected.longitude) < 1e-9
        })
    }
  }

  /// A square of 400 km in UTM: its southern side is up to 700 m off the straight line between its corners in degrees.
  @Test func `sides are straight in the system they are written in, to a metre`() throws {
    let square = [(300_000.0, 5_000_000.0), (700_000, 5_000_000), (700_000, 5_400_000), (300_000, 5_400_000)]
      .map { Projection.Point(x: $0.0, y: $0.1) }
    let found = corners(of: try FenceReader().read(document(crs: named("EPSG:32633"), [square])).fences.first)
    #expect(found.count > 20 && found.count < 200)
    var back = (found + [found[0]]).map { Projection.Point($0) }
    try Projection(from: "EPSG:4326", to: "EPSG:32633").transform(&back)
    // Also halfway between two corners, straight in degrees, no side leaves the square's.
    var middles = zip(found, found.dropFirst() + [found[0]]).map {
      Projection.Point(x: ($0.longitude + $1.longitude) / 2, y: ($0.latitude + $1.latitude) / 2)
    }
    try Projection(from: "EPSG:4326", to: "EPSG:32633").transform(&middles)
    for point in back + middles {
      let off = min(
        abs(point.x - 300_000), abs(point.x - 700_000), abs(point.y - 5_000_000), abs(point.y - 5_400_000))
      #expect(off < 1.01, "\(point) is \(off) m off")
    }
    let degrees = corners(
      of: try FenceReader().read(document(crs: "null", [Self.corners.map { Projection.Point($0) }])).fences.first)
    #expect(degrees.count == 4)
  }

  /// In Web Mercator, across the equator: right in its middle, 2 km off at its quarters.
  @Test func `a side that bends one way and then the other is followed, too`() throws {
    var corners = [(-10.0, 10.0), (10, 20), (10, 25)].map { Projection.Point(x: $0.1, y: $0.0) }
    try Projection(from: "EPSG:4326", to: "EPSG:3857").transform(&corners)
    let found = self.corners(of: try FenceReader().read(document(crs: named("EPSG:3857"), [corners])).fences.first)
    var quarter = [
      Projection.Point(
        x: corners[0].x + (corners[1].x - corners[0].x) / 4, y: corners[0].y + (corners[1].y - corners[0].y) / 4)
    ]
    try Projection(from: "EPSG:3857", to: "EPSG:4326").transform(&quarter)
    let nearest = found.map { abs($0.longitude - quarter[0].x) + abs($0.latitude - quarter[0].y) }.min() ?? 1
    #expect(found.count > 10 && nearest < 1e-9, "\(nearest)")
  }

  @Test func `a feature's own system counts, and one that is asked for where none is named`() throws {
    var points = Self.corners.map { Projection.Point($0) }
    try Projection(from: "EPSG:4326", to: "EPSG:32633").transform(&points)
    let positions = points.map { "[\($0.x),\($0.y)]" }.joined(separator: ",")
    func text(_ crs: String) -> InputFile {
      let own = #"{"type":"Feature","id":"a","geometry":{"type":"Polygon"\#(crs),"coordinates":[[\#(positions)]]}}"#
      let plain = #"{"type":"Feature","id":"b","geometry":{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2]]]}}"#
      return InputFile(
        bytes: Array(#"{"type":"FeatureCollection","features":[\#(own),\#(plain)]}"#.utf8), name: "f.geojson")
    }
    let result = try FenceReader().read(text(#","crs":\#(named("EPSG:32633"))"#))
    #expect(result.fences.map(\.id) == ["a", "b"], "\(result.report.problems)")
    #expect(corners(of: result.fences.last).count == 3)
    #expect(abs((corners(of: result.fences.first).first?.latitude ?? 0) - 52.45) < 1e-9)
    let unknown = try FenceReader().read(text(#","crs":\#(named("EPSG:999999"))"#))
    #expect(unknown.fences.map(\.id) == ["b"] && unknown.report.counts == [.unknownCRS: 1])
    let asked = try FenceReader(system: "EPSG:32633").read(text(""))
    #expect(abs((corners(of: asked.fences.first).first?.latitude ?? 0) - 52.45) < 1e-9)
    let named = try FenceReader(system: "EPSG:3857").read(document(crs: named("EPSG:32633"), [points]))
    #expect(abs((corners(of: named.fences.first).first?.latitude ?? 0) - 52.45) < 1e-9)
  }

  @Test func `a system by its number is read`() throws {
    var points = Self.corners.map { Projection.Point($0) }
    try Projection(from: "EPSG:4326", to: "EPSG:32633").transform(&points)
    let crs = #"{"type":"EPSG","properties":{"code":32633}}"#
    let found = try corners(of: FenceReader().read(document(crs: crs, [points])).fences.first)
    #expect(abs((found.first?.latitude ?? 0) - 52.45) < 1e-9)
  }

  @Test(arguments: [
    "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326",
    "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
  ])
  func `names of WGS 84 longitude and latitude leave positions as they are`(name: String) throws {
    let points = Self.corners.map { Projection.Point($0) }
    #expect(try corners(of: FenceReader().read(document(crs: named(name), [points])).fences.first) == Self.corners)
    #expect(try corners(of: FenceReader().read(document(crs: "null", [points])).fences.first) == Self.corners)
  }

  @Test(arguments: ["EPSG:14326", "urn:ogc:def:crs:EPSG::999999", "mine", "", "+proj=utm"])
  func `a system that PROJ does not know is an error that names it`(name: String) {
    let error = #expect(throws: FormatError.self) { try FenceReader().read(document(crs: named(name), [])) }
    #expect(error?.code == .unknownCRS)
    #expect(error?.place.file == "f.geojson")
    #expect(error?.message.contains("\"\(name)\"") == true)
    #expect(error?.message.hasSuffix("Reproject the file to WGS 84 longitude and latitude (EPSG:4326).") == true)
  }

  @Test func `a system without a name is an error`() {
    let link = #"{"type":"link","properties":{"href":"x"}}"#
    let error = #expect(throws: FormatError.self) { try FenceReader().read(document(crs: link, [])) }
    #expect(error?.code == .unknownCRS)
  }

  @Test func `a corner where the projection is not defined refuses its feature alone`() throws {
    var good = Self.corners.map { Projection.Point($0) }
    try Projection(from: "EPSG:4326", to: "EPSG:32633").transform(&good)
    var bad = good
    bad[2] = .init(x: 1e30, y: 1e30)
    let result = try FenceReader().read(document(crs: named("EPSG:32633"), [bad, good]))
    #expect(result.fences.map(\.id) == ["feature-2"])
    #expect(result.report.counts == [.badGeometry: 1])
    let problem = try #require(result.report.problems.first)
    #expect(problem.place.feature == 1)
    #expect(problem.message.hasPrefix("ring 1 of the polygon: cannot transform EPSG:32633 to EPSG:4326 at x 1e+30"))
  }
}
