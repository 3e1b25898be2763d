import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite struct KMLFenceTests {
  private func read(
    _ text: String, with reader: FenceReader = FenceReader()
  ) throws(FormatError) -> FenceReader.Result {
    try reader.read(InputFile(bytes: Array(text.utf8), name: "f.kml"))
  }

  private func document(_ placemarks: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>not a fence</name><Folder>
    \(placemarks)
    </Folder></Document></kml>
    """
  }

  private func placemark(_ geometry: String, id: String = "", rest: String = "") -> String {
    "<Placemark\(id.isEmpty ? "" : " id=\"\(id)\"")>\(rest)\(geometry)</Placemark>"
  }

  private func line(_ coordinates: String) -> String {
    "<LineString><coordinates>\(coordinates)</coordinates></LineString>"
  }

  private func polygon(_ outline: String, holes: [String] = []) -> String {
    func boundary(_ kind: String, _ text: String) -> String {
      "<\(kind)><LinearRing><coordinates>\(text)</coordinates></LinearRing></\(kind)>"
    }
    let inner = holes.map { boundary("innerBoundaryIs", $0) }.joined()
    // Holes may stand first.
    return "<Polygon>\(inner)\(boundary("outerBoundaryIs", outline))</Polygon>"
  }

  private func ring(_ corners: [(Double, Double)]) -> Ring {
    Ring(corners.map { Coordinate(latitude: $0.1, longitude: $0.0) })
  }

  @Test func `polygons with holes, several in one placemark, ids and names are read`() throws {
    let data = """
      <name> Depot
        North </name><ExtendedData><Data name="id"><value>seven</value></Data>
      <SchemaData><SimpleData name="code">K7</SimpleData></SchemaData></ExtendedData>
      """
    let text = document(
      placemark(
        polygon("14,50,0\n15,50,0 15,51,0\t14,50,0", holes: ["14.2,50.1 14.3,50.1 14.3,50.2"]), id: "a", rest: data)
        + placemark("<MultiGeometry>\(polygon("1,2 3,2 3,4"))\(polygon("5,6 7,6 7,8"))</MultiGeometry>", rest: data)
        + placemark(polygon("1,2 3,2 3,4")))
    let result = try read(text)
    #expect(result.report.isClean, "\(result.report.problems)")
    #expect(result.fences.map(\.id) == ["a", "seven", "feature-3"])
    #expect(result.fences.map(\.name) == ["Depot North", "Depot North", nil])
    #expect(
      result.fences.map(\.shape) == [
        .polygons([
          Polygon(
            exterior: ring([(14, 50), (15, 50), (15, 51), (14, 50)]),
            holes: [ring([(14.2, 50.1), (14.3, 50.1), (14.3, 50.2)])])
        ]),
        .polygons([
          Polygon(exterior: ring([(1, 2), (3, 2), (3, 4)])), Polygon(exterior: ring([(5, 6), (7, 6), (7, 8)])),
        ]), .polygons([Polygon(exterior: ring([(1, 2), (3, 2), (3, 4)]))]),
      ])
    #expect(result.places[0].line == 3)
    #expect(
      try read(document(placemark(polygon("1,2 3,2 3,4"), rest: data)), with: .init(idProperty: "code"))
        .fences.map(\.id) == ["K7"])
  }

  @Test func `lines are corridors and points circles`() throws {
    let width = "<ExtendedData><Data name=\"width\"><value>30</value></Data></ExtendedData>"
    let radius = "<ExtendedData><Data name=\"radius\"><value>75</value></Data></ExtendedData>"
    let text = document(
      placemark(line("14,50 15,51"), rest: width)
        + placemark("<Point><coordinates>14,50</coordinates></Point>", rest: radius))
    let path = [Coordinate(latitude: 50, longitude: 14), Coordinate(latitude: 51, longitude: 15)]
    #expect(
      try read(text).fences.map(\.shape) == [.corridor(path: path, width: 30), .circle(center: path[0], radius: 75)])
    let bare = document(placemark(line("14,50 15,51")))
    #expect(try read(bare).report.counts == [.unsupportedGeometry: 1])
    #expect(try read(bare, with: .init(corridorWidth: 8)).fences.map(\.shape) == [.corridor(path: path, width: 8)])
  }

  @Test(arguments: ["radius", "width", "floor", "ceiling"]) func `a length that is no number is told`(key: String)
    throws
  {
    let data = "<ExtendedData><Data name=\"\(key)\"><value>100 m</value></Data></ExtendedData>"
    let result = try read(document(placemark(polygon("1,2 3,2 3,4"), rest: data)))
    #expect(result.fences.isEmpty && result.report.counts == [.badValue: 1])
    #expect(result.report.problems[0].message == "its \(key) \"100 m\" is not a number of metres.")
  }

  @Test(arguments: [
    ("<Polygon/>", FormatError.Code.badGeometry, "polygon 1 has no coordinates"),
    ("", .badGeometry, "has no geometry"),
    ("<Model/>", .unsupportedGeometry, "has a Model that cannot be a fence"),
    (
      "<Polygon><outerBoundaryIs><LinearRing><coordinates>14,50 15,50</coordinates></LinearRing></outerBoundaryIs></Polygon>",
      .badGeometry, "ring 1 of polygon 1 has 2 corners"
    ),
    ("<LineString><coordinates>14,50 15,x</coordinates></LineString>", .badGeometry, "position 2 of the line"),
    ("<LineString><coordinates>14 50 15 51</coordinates></LineString>", .badGeometry, "position 1 of the line"),
    ("<Point><coordinates> </coordinates></Point>", .badGeometry, "the point has no coordinates"),
    ("<Point><coordinates>52,139</coordinates></Point>", .swappedAxes, "look swapped"),
  ])
  func `a bad placemark is told with its line, and the others are read`(
    geometry: String, code: FormatError.Code, message: String
  ) throws {
    let good = polygon("1,2 3,2 3,4")
    let text = document([placemark(good), placemark(geometry, id: "bad"), placemark(good)].joined(separator: "\n"))
    let result = try read(text, with: FenceReader(defaultRadius: 5, corridorWidth: 5))
    #expect(result.fences.map(\.id) == ["feature-1", "feature-3"])
    let problem = try #require(result.report.problems.first)
    #expect(problem.code == code && problem.place.line == 4 && problem.place.featureID == "bad", "\(problem)")
    #expect(problem.message.contains(message), "\(problem)")
  }

  @Test func `a document without placemarks, one cut short, and other XML`() throws {
    #expect(try read(document("")).report.counts == [.empty: 1])
    let cut = #expect(throws: FormatError.self) { try read(String(document(placemark("")).dropLast(30))) }
    #expect(cut?.code == .malformedDocument)
    let other = #expect(throws: FormatError.self) { try read("<?xml version=\"1.0\"?><html/>") }
    #expect(other?.code == .unsupportedFormat && other?.message.contains("starts with <html>") == true)
  }

  /// Real fences, written as KML and read again.
  @Test(.enabled(if: SharedData.isPresent), arguments: ["us_counties", "berlin_ortsteile", "nyc_boroughs"])
  func `recorded fences are the same in KML`(name: String) throws {
    let fences = try FenceReader().read(InputFile(path: SharedData.path("fences/\(name).geojson.gz"))).fences
    func text(_ ring: Ring) -> String {
      ring.coordinates.map { "\($0.longitude),\($0.latitude)" }.joined(separator: " ")
    }
    let placemarks = fences.map { fence -> String in
      guard case .polygons(let polygons) = fence.shape else { return "" }
      let bodies = polygons.map { polygon(text($0.exterior), holes: $0.holes.map(text)) }
      return placemark("<MultiGeometry>\(bodies.joined())</MultiGeometry>", id: fence.id)
    }
    let result = try read(document(placemarks.joined(separator: "\n")))
    #expect(result.report.isClean, "\(result.report.problems.prefix(3))")
    #expect(result.fences.map(\.id) == fences.map(\.id))
    #expect(result.fences.map(\.shape) == fences.map(\.shape))
    #expect(fences.count >= 5)
  }
}
