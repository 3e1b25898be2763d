import Testing
import TriplineCore
import TriplineFormats

@Suite struct FenceReaderTests {
  private static let square = "[[[13,52],[14,52],[14,53],[13,53],[13,52]]]"

  private func feature(_ geometry: String, id: String? = nil, properties: String = "{}") -> String {
    let id = id.map { "\"id\":\($0)," } ?? ""
    return #"{"type":"Feature",\#(id)"properties":\#(properties),"geometry":\#(geometry)}"#
  }

  private func polygon(_ coordinates: String = square) -> String {
    #"{"type":"Polygon","coordinates":\#(coordinates)}"#
  }

  private func read(
    _ text: String, name: String = "f.geojson", with reader: FenceReader = FenceReader()
  ) throws(FormatError) -> FenceReader.Result {
    try reader.read(InputFile(bytes: Array(text.utf8), name: name))
  }

  private func read(
    _ features: [String], more: String = "", with reader: FenceReader = FenceReader()
  ) throws(FormatError) -> FenceReader.Result {
    try read(
      #"{"type":"FeatureCollection",\#(more)"features":[\#(features.joined(separator: ","))]}"#, with: reader)
  }

  @Test func `a polygon with a hole keeps its corners to the digit`() throws {
    let hole = "[[13.1,52.123456789012345],[13.2,52.2],[13.1,52.3]]"
    let result = try read([feature(polygon(String(Self.square.dropLast()) + ",\(hole)]"), id: "\"a\"")])
    let expected = Polygon(
      exterior: Ring([(52, 13), (52, 14), (53, 14), (53, 13), (52, 13)].map(Coordinate.init)),
      holes: [Ring([(52.123456789012345, 13.1), (52.2, 13.2), (52.3, 13.1)].map(Coordinate.init))])
    #expect(result.fences == [Fence(id: "a", shape: .polygons([expected]))])
    #expect(result.report.isClean)
  }

  @Test func `tags, expiry and attributes are what the properties say`() throws {
    let properties = [
      #"{"tags":["depot","north  east"],"title":"T","name":12,"expires":"2026-12-31T18:00:00Z","limit":50,"open":true,"note":"a","list":[1],"x":null}"#,
      #"{"tags":"depot, cold store","expires":1798740000,"name":"N"}"#, #"{"expires":"tomorrow"}"#, #"{"floor":[1]}"#,
      #"{"tags":{"a":1}}"#, #"{"tags":["a",{}]}"#,
    ]
    let result = try read(
      properties.enumerated().map { feature(polygon(), id: "\($0.offset)", properties: $0.element) })
    #expect(result.fences.map(\.tags) == [["depot", "north east"], ["depot", "cold store"]])
    #expect(result.fences.map(\.expires) == [1_798_740_000_000, 1_798_740_000_000])
    #expect(result.fences[0].attributes == ["limit": "50", "open": "true", "note": "a", "name": "12"])
    #expect(result.fences[1].attributes.isEmpty)
    #expect(result.report.problems.map(\.code) == [.badValue, .badValue, .badValue, .badValue])
    #expect(result.report.problems[0].message.contains("its expires \"tomorrow\" is no time. Write one like"))
  }

  @Test func `a single feature, a bare geometry and gzip are read`() throws {
    #expect(try read(feature(polygon())).fences.map(\.id) == ["feature-1"])
    #expect(try read(polygon()).fences.map(\.id) == ["feature-1"])
    let zipped = InputFile(bytes: gzip("\u{FEFF}" + polygon()), name: "f.geojson.gz")
    #expect(try FenceReader().read(zipped).fences.count == 1)
  }

  @Test func `several polygons and collections of them are one fence`() throws {
    let multi = #"{"type":"MultiPolygon","coordinates":[\#(Self.square),\#(Self.square)]}"#
    let collection = #"{"type":"GeometryCollection","geometries":[\#(multi),\#(polygon())]}"#
    let result = try read([feature(multi), feature(collection)])
    let counts = result.fences.map { fence in
      if case .polygons(let polygons) = fence.shape { polygons.count } else { 0 }
    }
    #expect(counts == [2, 3])
  }

  @Test func `ids come from the property asked for, the feature, or id and ID, and numbers have no decimals`() throws {
    let features = [
      feature(polygon(), id: "7", properties: #"{"code":"x"}"#), feature(polygon(), properties: #"{"id":8.0}"#),
      feature(polygon(), properties: #"{"ID":"nine"}"#), feature(polygon(), id: "1.5"), feature(polygon()),
    ]
    #expect(try read(features).fences.map(\.id) == ["7", "8", "nine", "1.5", "feature-5"])
    let asked = try read(features, with: FenceReader(idProperty: "code"))
    #expect(asked.fences.map(\.id) == ["x"])
    #expect(asked.report.counts == [.badValue: 4])
    #expect(asked.report.problems[0].place.feature == 2)
  }

  @Test(arguments: ["name", "NAME", "title"])
  func `the name is a property`(key: String) throws {
    #expect(try read([feature(polygon(), properties: #"{"\#(key)":"Depot"}"#)]).fences[0].name == "Depot")
  }

  @Test func `a point with a radius is a circle`() throws {
    let point = #"{"type":"Point","coordinates":[13,52]}"#
    let features = [
      feature(point, properties: #"{"radius":150}"#), feature(point, properties: #"{"radius":"75.5"}"#), feature(point),
      feature(point, properties: #"{"radius":-1}"#),
    ]
    let center = Coordinate(latitude: 52, longitude: 13)
    let result = try read(features)
    #expect(result.fences.map(\.shape) == [150, 75.5].map { .circle(center: center, radius: $0) })
    #expect(result.report.counts == [.unsupportedGeometry: 1, .badValue: 1])
    #expect(result.report.problems[0].description.hasPrefix("f.geojson: feature 3: is a point without a radius"))
    #expect(try read([features[2]], with: FenceReader(defaultRadius: 50)).fences.count == 1)
  }

  @Test(arguments: [
    ("[[[13,52],[14,52],[13,52]]]", FormatError.Code.badGeometry, "ring 1 of the polygon has 2 corners"),
    ("[[[13,52],[14,52],[14,53]],[[13,52],[14,52]]]", .badGeometry, "ring 2 of the polygon has 2 corners"),
    ("[[[13,\"52\"],[14,52],[14,53]]]", .badGeometry, "position 1 of ring 1 of the polygon is not"),
    ("[[13,52],[14,52],[14,53]]", .badGeometry, "position 1 of ring 1 of the polygon is not"),
    ("[[[13,52],[true,52],[14,53]]]", .badGeometry, "position 2 of ring 1"),
    ("[[[13,52],[14],[14,53]]]", .badGeometry, "position 2 of ring 1"),
    ("[[[13,52],null,[14,53]]]", .badGeometry, "position 2 of ring 1"), ("[5]", .badGeometry, "ring 1 of the polygon"),
    ("[]", .badGeometry, "has a geometry without coordinates"), ("{}", .badGeometry, "has a geometry without"),
    ("[[[52,139],[53,139],[53,140]]]", .swappedAxes, "position 1 of ring 1 of the polygon has longitude 52.0"),
    ("[[[389000,5819000],[389100,5819000],[389100,5819100]]]", .badGeometry, "position 1 of ring 1"),
  ])
  func `a broken polygon is named and left out, and the good ones come through`(
    coordinates: String, code: FormatError.Code, message: String
  ) throws {
    let good = feature(polygon())
    let result = try read([good, feature(polygon(coordinates), id: "\"bad\""), good])
    #expect(result.fences.map(\.id) == ["feature-1", "feature-3"])
    #expect(result.report.counts == [code: 1])
    #expect(
      result.report.problems[0].description.hasPrefix("f.geojson: feature 2 (id \"bad\"): \(message)"),
      "\(result.report.problems)")
  }

  @Test(arguments: [
    (#"{"type":"MultiLineString","coordinates":[[[13,52],[14,52]]]}"#, "is a MultiLineString, which is no area"),
    (#"{"type":"Circle"}"#, "is a Circle"), (#"{"coordinates":[]}"#, "is a geometry without a type"),
    (
      #"{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[]}]}"#,
      "is a collection of collections"
    ),
    (
      #"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}"#,
      "contains a Point, which is no area"
    ),
  ])
  func `other geometries are refused by name`(geometry: String, message: String) throws {
    let result = try read([feature(geometry), feature(polygon())])
    #expect(result.fences.count == 1)
    #expect(result.report.counts == [.unsupportedGeometry: 1])
    #expect(result.report.problems[0].message.hasPrefix(message))
    #expect(result.report.problems[0].place.feature == 1)
  }

  @Test func `floor and ceiling are heights in metres`() throws {
    let features = [#"{"floor":50,"ceiling":"120.5"}"#, #"{"ceiling":null}"#, #"{"floor":"low"}"#].map {
      feature(polygon(), properties: $0)
    }
    let result = try read(features)
    #expect(result.fences.map(\.floor) == [50, nil] && result.fences.map(\.ceiling) == [120.5, nil])
    #expect(result.report.counts == [.badValue: 1])
    #expect(result.report.problems[0].message.contains("its floor \"low\" is not a number of metres"))
  }

  @Test func `a line with a width is a corridor`() throws {
    let line = #"{"type":"LineString","coordinates":[[13,52],[14,52.5],[14,53]]}"#
    let features = [
      feature(line, properties: #"{"width":20}"#), feature(line, properties: #"{"width":"7.5"}"#), feature(line),
      feature(line, properties: #"{"width":0}"#),
      feature(#"{"type":"LineString","coordinates":[[13,52],[13,52]]}"#, properties: #"{"width":20}"#),
      feature(#"{"type":"LineString","coordinates":[]}"#, properties: #"{"width":20}"#),
    ]
    let path = [(13.0, 52.0), (14, 52.5), (14, 53)].map { Coordinate(latitude: $0.1, longitude: $0.0) }
    let result = try read(features)
    #expect(result.fences.map(\.shape) == [20, 7.5].map { .corridor(path: path, width: $0) })
    #expect(result.report.counts == [.unsupportedGeometry: 1, .badValue: 1, .badGeometry: 2])
    #expect(result.report.problems[0].message.hasPrefix("is a line without a width"))
    let wide = try read([features[2]], with: FenceReader(corridorWidth: 50))
    #expect(wide.fences.map(\.shape) == [.corridor(path: path, width: 50)])
  }

  @Test func `features without a geometry and things that are no features are reported`() throws {
    let result = try read([feature("null"), "5", #"{"type":"Polygon"}"#, feature(polygon())])
    #expect(result.fences.map(\.id) == ["feature-4"])
    #expect(result.report.counts == [.badGeometry: 1, .malformedDocument: 2])
  }

  @Test func `an id twice names both features`() throws {
    let result = try read([feature(polygon(), id: "1"), feature(polygon()), feature(polygon(), id: "\"1\"")])
    #expect(result.fences.map(\.id) == ["1", "feature-2"])
    #expect(result.report.counts == [.duplicateID: 1])
    #expect(
      result.report.problems[0].description.hasPrefix(
        "f.geojson: feature 3 (id \"1\"): features 1 and 3 have the same id"))
  }

  @Test(arguments: [
    ("", FormatError.Code.empty, "is empty"), ("<gpx/>", .unsupportedFormat, "is XML but not KML"),
    (#"{"type":"Topology","objects":{}}"#, .malformedDocument, "its type is \"Topology\""),
    ("[]", .malformedDocument, "it has no type"), ("5", .malformedDocument, "no line has a geometry"),
    (#"{"type":"FeatureCollection"}"#, .malformedDocument, "without a list of features"),
    (#"{"type":"FeatureCollection","features":["#, .malformedDocument, "is not JSON"),
    (String(repeating: "[", count: 100_000), .malformedDocument, "is not JSON"),
  ])
  func `a document of something else is one error`(text: String, code: FormatError.Code, message: String) {
    let error = #expect(throws: FormatError.self) { try read(text) }
    #expect(error?.code == code)
    #expect(error?.place.file == "f.geojson")
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func `a collection without features is a problem`() throws {
    #expect(try read([]).report.counts == [.empty: 1])
  }

  @Test func `gzip that ends early is an error, since half a document is none`() {
    let bytes = Array(gzip(feature(polygon())).dropLast(12))
    let error = #expect(throws: FormatError.self) { try FenceReader().read(InputFile(bytes: bytes, name: "f.gz")) }
    #expect(error?.code == .truncated)
  }

  @Test func `an id twice in several files names both`() throws {
    func file(_ name: String, _ features: [String]) -> InputFile {
      let text = #"{"type":"FeatureCollection","features":[\#(features.joined(separator: ","))]}"#
      return InputFile(bytes: Array(text.utf8), name: name)
    }
    let result = FenceReader().read([
      file("a.geojson", [feature(polygon(), id: "1"), feature(polygon(), id: "2")]),
      InputFile(bytes: Array("[]".utf8), name: "b.geojson"),
      file("c.geojson", [feature(polygon(), id: "3"), feature(polygon(), id: "2")]),
    ])
    #expect(result.fences.map(\.id) == ["1", "2", "3"])
    #expect(result.failures.map(\.place.file) == ["b.geojson"])
    #expect(result.report.rows == 4)
    #expect(result.report.delivered == 3)
    #expect(
      result.report.problems.map(\.description) == [
        "c.geojson: feature 2 (id \"2\"): feature 2 of a.geojson and feature 2 of this file have the same id; the second "
          + "was left out. Give each its own id, or choose another property for the ids."
      ])
  }
}
