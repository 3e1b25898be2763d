import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite struct WKTFenceTests {
  private func read(
    _ text: String, with reader: FenceReader = FenceReader()
  ) throws(FormatError) -> FenceReader.Result {
    try reader.read(InputFile(bytes: Array(text.utf8), name: "f.wkt"))
  }

  private func ring(_ corners: [(Double, Double)]) -> Ring {
    Ring(corners.map { Coordinate(latitude: $0.1, longitude: $0.0) })
  }

  @Test func `geometries with an id, a name, quotes and dimensions are read`() throws {
    let result = try read(
      """
      # id;name;geometry
      depot;Depot North;POLYGON ((14 50, 15 50, 15 51, 14 50), (14.2 50.1, 14.3 50.1, 14.3 50.2))

      # a comment
      yard,"MULTIPOLYGON Z (((1 2 9, 3 2 9, 3 4 9)), ((5 6 9, 7 6 9, 7 8 9)))"
      polygon((-1.5e1 5.25,2 5,2 6))
      k;Circle K, Point Break;CIRCLE (50 14, 20)
      """)
    #expect(result.report.isClean, "\(result.report.problems)")
    #expect(result.fences.map(\.id) == ["depot", "yard", "feature-3", "k"])
    #expect(result.fences[0].name == "Depot North" && result.fences[1].name == nil)
    #expect(
      result.fences[0].shape
        == .polygons([
          Polygon(
            exterior: ring([(14, 50), (15, 50), (15, 51), (14, 50)]),
            holes: [ring([(14.2, 50.1), (14.3, 50.1), (14.3, 50.2)])])
        ]))
    #expect(
      result.fences[1].shape
        == .polygons([
          Polygon(exterior: ring([(1, 2), (3, 2), (3, 4)])), Polygon(exterior: ring([(5, 6), (7, 6), (7, 8)])),
        ]))
    #expect(result.fences[2].shape == .polygons([Polygon(exterior: ring([(-15, 5.25), (2, 5), (2, 6)]))]))
    #expect(result.places[1].line == 5)
  }

  @Test func `Traccar's circles and polygons have latitude first`() throws {
    let text = "CIRCLE (50.1 14.4, 120.5)\nPOLYGON ((50 14, 50 15, 51 15))"
    let circle = Fence.Shape.circle(center: Coordinate(latitude: 50.1, longitude: 14.4), radius: 120.5)
    let result = try read(text, with: FenceReader(isLatitudeFirst: true))
    #expect(
      result.fences.map(\.shape) == [circle, .polygons([Polygon(exterior: ring([(14, 50), (15, 50), (15, 51)]))])])
    #expect(try read(text).fences[0].shape == circle)
    let corridor = Fence.Shape.corridor(
      path: [Coordinate(latitude: 50, longitude: 14), Coordinate(latitude: 51, longitude: 15)], width: 50)
    let traccar = FenceReader(corridorWidth: 50, isLatitudeFirst: true)
    #expect(try read("LINESTRING (50 14, 51 15)", with: traccar).fences[0].shape == corridor)
    #expect(try read("POINT (14.4 50.1)", with: FenceReader(defaultRadius: 120.5)).fences[0].shape == circle)
  }

  @Test func `another reference system is transformed`() throws {
    let result = try read("SRID=32633;POLYGON ((500000 5538630, 510000 5538630, 510000 5548630))")
    let first = try #require(result.fences.first)
    guard case .polygons(let polygons) = first.shape else { throw Missing() }
    let corner = polygons[0].exterior.coordinates[0]
    #expect(abs(corner.longitude - 15) < 1e-9 && abs(corner.latitude - 50) < 1e-3)
    #expect(try read("SRID=4326;CIRCLE (1 2, 3)").report.isClean)
  }

  struct Missing: Error {}

  @Test func `columns have the names of the header, wherever the geometry stands`() throws {
    let text = """
      WKT,code,name,radius,tags,expires,zone
      "POINT (14 50)",7,"Depot, North",120,"a, b c",2026-12-31T18:00:00Z,x
      "POLYGON ((1 1,2 1,2 2))",8,Yard,,,,
      "POINT (14 50)",9,Gate,wide,,,
      """
    let result = try read(text)
    #expect(result.fences.map(\.id) == ["7", "8"] && result.fences.map(\.name) == ["Depot, North", "Yard"])
    #expect(result.fences[0].shape == .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 120))
    #expect(result.fences[0].tags == ["a", "b c"] && result.fences[0].expires == 1_798_740_000_000)
    #expect(result.fences[0].attributes == ["code": "7", "zone": "x"] && result.fences[1].attributes == ["code": "8"])
    let problem = try #require(result.report.problems.first)
    #expect(problem.place.line == 4 && problem.message.contains("its radius \"wide\" is not a number"))
    let byName = try read(text, with: FenceReader(idProperty: "name"))
    #expect(byName.fences.map(\.id) == ["Depot, North", "Yard"])
    let missing = try read(text, with: FenceReader(idProperty: "nothing"))
    #expect(missing.fences.isEmpty && missing.report.counts == [.badValue: 3])
    // Without a header the first field is the id, the second the name, on either side.
    let plain = try read("POLYGON ((1 1,2 1,2 2));a;A\nb;POLYGON ((1 1,2 1,2 2));B\nc;C;POLYGON ((1 1,2 1,2 2))")
    #expect(plain.fences.map(\.id) == ["a", "b", "c"] && plain.fences.map(\.name) == ["A", "B", "C"])
  }

  @Test func `the header's separator counts, and a line with another number of columns is told`() throws {
    let result = try read(
      """
      id,name,wkt
      a,Depot; North,"POLYGON ((1 1,2 1,2 2))"
      b,Too,many,"POLYGON ((1 1,2 1,2 2))"
      c,"say ""hi\"\"","POLYGON ((1 1,2 1,2 2))"
      d,Drivers',"POLYGON ((1 1,2 1,2 2))"
      """)
    #expect(result.fences.map(\.id) == ["a", "c", "d"])
    #expect(result.fences.map(\.name) == ["Depot; North", "say \"hi\"", "Drivers'"])
    #expect(result.report.problems.map(\.place.line) == [3] && result.report.counts == [.malformedRow: 1])
    // No column that holds ids: numbers of features, and not whatever stands first.
    let without = try read("WKT,radius,name\nPOINT (1 2),120,A\nPOINT (1 3),120,B")
    #expect(without.fences.map(\.id) == ["feature-1", "feature-2"] && without.fences.map(\.name) == ["A", "B"])
    let street = try read("Straße;SRID=32633;POLYGON ((500000 5538630, 510000 5538630, 510000 5548630))")
    #expect(street.fences.map(\.id) == ["Straße"] && street.report.isClean, "\(street.report.problems)")
  }

  @Test func `text in a system that it does not name is transformed as asked`() throws {
    var reader = FenceReader()
    reader.system = "EPSG:32633"
    let result = try read(
      "POLYGON ((500000 5538630, 510000 5538630, 510000 5548630))\nSRID=4326;CIRCLE (1 2, 3)", with: reader)
    guard case .polygons(let polygons) = try #require(result.fences.first).shape else { throw Missing() }
    #expect(abs(polygons[0].exterior.coordinates[0].longitude - 15) < 1e-9)
    #expect(result.fences[1].shape == .circle(center: Coordinate(latitude: 1, longitude: 2), radius: 3))
    reader.system = "EPSG:nonsense"
    #expect(throws: FormatError.self) { try read("a;CIRCLE (1 2, 3)", with: reader) }
  }

  @Test(arguments: [
    ("POLYGON ((14 50, 15 50))", FormatError.Code.badGeometry, "ring 1 of the polygon has 2 corners"),
    ("POLYGON ((14 50, 15 x, 15 51))", .badGeometry, "position 2 of ring 1 of the polygon is not longitude and"),
    ("POLYGON ((14 50, 15 50, 15 51)", .badGeometry, "the end of the line where \")\" should stand"),
    ("POLYGON 14 50", .badGeometry, "has \"1\" where \"(\" should stand, at character 9"),
    ("POLYGON ((50 114, 50 115, 51 115))", .swappedAxes, "look swapped: well-known text is read with longitude first"),
    ("POLYGON EMPTY", .badGeometry, "is an empty geometry"),
    ("LINESTRING (1 1, 2 2)", .unsupportedGeometry, "is a line without a width"),
    ("MULTILINESTRING ((1 1, 2 2))", .unsupportedGeometry, "is a MULTILINESTRING"),
    ("POINT (14 50)", .unsupportedGeometry, "is a point without a radius"),
    ("CIRCLE (50 14)", .badGeometry, "where \",\" should stand"),
    ("CIRCLE (50 14, -3)", .badValue, "its radius -3.0 is not"),
    ("GEOMETRYCOLLECTION (POINT (1 2))", .unsupportedGeometry, "contains a POINT"),
    ("GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (1 2)))", .unsupportedGeometry, "contains a GEOMETRYCOLLECTION"),
    ("SRID=999999;POLYGON ((1 1, 2 1, 2 2))", .unknownCRS, "cannot be read: \"EPSG:999999\" is not"),
    ("SRID=abc;POLYGON ((1 1, 2 1, 2 2))", .unknownCRS, "its reference system \"abc\" is not a number"),
    ("POLYGON ((1 1, 2 1, 2 2)) POLYGON ((1 1, 2 1, 2 2))", .badGeometry, "goes on behind the geometry"),
    ("nothing at all", .malformedRow, "has no geometry"),
  ])
  func `a bad line is told with its number, and the others are read`(
    line: String, code: FormatError.Code, message: String
  ) throws {
    let result = try read("a;POLYGON ((1 1, 2 1, 2 2))\nb;\(line)\nc;CIRCLE (1 2, 3)")
    #expect(result.fences.map(\.id) == ["a", "c"])
    let problem = try #require(result.report.problems.first)
    #expect(problem.code == code && problem.place.line == 2, "\(problem)")
    #expect(problem.description.contains(message), "\(problem)")
  }

  @Test func `an id that is there already, text without a geometry and bytes that are no text`() throws {
    let twice = try read("a;CIRCLE (1 2, 3)\na;CIRCLE (1 2, 4)")
    #expect(twice.report.counts == [.duplicateID: 1] && twice.fences.count == 1)
    #expect(throws: FormatError.self) { try read("id,wkt\n") }
    let bytes = InputFile(bytes: [0x41, 0xFF, 0x42], name: "f.wkt")
    #expect(throws: FormatError.self) { try FenceReader().read(bytes) }
  }

  /// Real fences, written as well-known text and read again.
  @Test(.enabled(if: SharedData.isPresent), arguments: ["us_counties", "russia_subjects_antimeridian", "nyc_boroughs"])
  func `recorded fences are the same in well-known text`(name: String) throws {
    let fences = try FenceReader().read(InputFile(path: SharedData.path("fences/\(name).geojson.gz"))).fences
    func text(_ ring: Ring) -> String {
      "(" + ring.coordinates.map { "\($0.longitude) \($0.latitude)" }.joined(separator: ", ") + ")"
    }
    let lines = fences.map { fence -> String in
      guard case .polygons(let polygons) = fence.shape else { return "" }
      let bodies = polygons.map { "(" + $0.rings.map(text).joined(separator: ",") + ")" }
      return "\(fence.id)\tMULTIPOLYGON(\(bodies.joined(separator: ",")))"
    }
    let result = try read(lines.joined(separator: "\n"))
    #expect(result.report.isClean, "\(result.report.problems.prefix(3))")
    #expect(result.fences.map(\.id) == fences.map(\.id))
    #expect(result.fences.map(\.shape) == fences.map(\.shape))
    #expect(fences.count >= 5)
  }
}
