import Foundation
import Testing

/// What bad fences give: a message that names the feature, the good fences, and exit status 65 with `--strict`.
@Suite struct BadFencesTests {
  struct Input: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String
    /// What the message says after the name of the file.
    var message: String
    /// Whether nothing can be read at all.
    var isHopeless = false
  }

  private static let square = #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}"#

  private static func feature(_ id: String, _ geometry: String) -> String {
    #"{"type":"Feature","id":"\#(id)","properties":{},"geometry":\#(geometry)}"#
  }

  private static func collection(_ features: String..., crs: String = "") -> String {
    #"{"type":"FeatureCollection",\#(crs)"features":["# + features.joined(separator: ",") + "]}"
  }

  private static let nested =
    #"{"type":"GeometryCollection","geometries":[{"type":"GeometryCollection","geometries":[\#(square)]}]}"#
  private static let unknownCRS = #""crs":{"type":"name","properties":{"name":"EPSG:99999"}},"#

  static let inputs = [
    Input(
      testDescription: "no GeoJSON", text: #"{"type":"Topology"}"#, message: ": is JSON but not GeoJSON",
      isHopeless: true),
    Input(
      testDescription: "cut off", text: #"{"type":"FeatureCollection","features":["#, message: ":1: is not JSON",
      isHopeless: true),
    Input(
      testDescription: "a polygon of two points",
      text: collection(
        feature("good", square), feature("two", #"{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}"#)),
      message: ": feature 2 (id \"two\"): ring 1 of the polygon has 2 corners"),
    Input(
      testDescription: "nested collections", text: collection(feature("good", square), feature("nested", nested)),
      message: ": feature 2 (id \"nested\"): is a collection of collections"),
    Input(
      testDescription: "an id twice", text: collection(feature("good", square), feature("good", square)),
      message: ": feature 2 (id \"good\"): features 1 and 2 have the same id"),
    Input(
      testDescription: "latitude 96",
      text: collection(feature("good", square), feature("far", #"{"type":"Point","coordinates":[5,96]}"#)),
      message: ": feature 2 (id \"far\"): "),
    Input(
      testDescription: "a reference system that PROJ does not know",
      text: collection(feature("good", square), crs: unknownCRS),
      message: ": its coordinate reference system cannot be read: \"EPSG:99999\"",
      isHopeless: true),
  ]

  @Test(arguments: inputs)
  func `bad fences are told with their place, and good ones are used`(_ input: Input) throws {
    let folder = try TemporaryFolder()
    let fences = folder.path("zones.geojson")
    try Data(input.text.utf8).write(to: URL(fileURLWithPath: fences))
    let points = "lat,lon\n0.5,0.5\n"
    let locate = ["fences", "locate", "--radius", "100", "--fences", fences]
    let run = try Command(locate + ["--"], content: points, named: "points.csv")
    #expect(run.status == (input.isHopeless ? 65 : 0))
    #expect(run.messages.contains("/zones.geojson\(input.message)"), "\(run.messages)")
    #expect(run.text.contains("0,good,interior") == !input.isHopeless)
    #expect(try Command(locate + ["--strict", "--"], content: points, named: "points.csv").status == 65)
    #expect(try Command(["replay", "--strict", "--fences", fences, "--", fixture("feed.ndjson")]).status == 65)
  }

  @Test(arguments: [
    #"feature 6 (id "two-points"): ring 1 of the polygon has 2 corners"#,
    #"feature 8 (id "swapped-axes"): position 1 of ring 1 of the polygon has longitude 52.1 and latitude 105.1"#,
    #"feature 10 (id "good"): features 9 and 10 have the same id"#,
    #"feature 1: fence "self-crossing", polygon 1, ring 1, at latitude 52.10044"#,
    #"feature 2: fence "unclosed", polygon 1, ring 1, at latitude 52.100899, longitude 5.102925: unclosed"#,
    #"feature 3: fence "duplicate-corner", polygon 1, ring 1, at latitude 52.1, longitude 5.107312: duplicate-corner"#,
    #"feature 4: fence "zero-area", polygon 1, ring 1, at latitude 52.1, longitude 5.108774: zero-area"#,
    #"feature 5: fence "sliver", polygon 1, ring 1, at latitude 52.1, longitude 5.111699: sliver"#,
    #"feature 7: fence "hole-outside", polygon 1, ring 2, at latitude 52.104494"#,
  ])
  func `lint names fence, ring and position`(finding: String) throws {
    let run = try Command(["fences", "lint", fixture("drawn-badly.geojson")])
    #expect(run.status == 1)
    #expect(run.lines.contains { $0.contains("drawn-badly.geojson: \(finding)") }, "\(run.text)")
    #expect(!run.text.contains("fence \"good\""))
  }

  @Test func `lint gives the feature of each finding to programs too`() throws {
    let run = try Command(["fences", "lint", "-o", "ndjson", fixture("drawn-badly.geojson")])
    #expect(run.lines.count >= 8)
    for line in run.lines { #expect(line.contains("\"feature\":"), "\(line)") }
    let hole = try #require(run.lines.first { $0.contains("hole-outside") && $0.contains("kind") })
    #expect(hole.contains("\"polygon\":1") && hole.contains("\"ring\":2"), "\(hole)")
  }

  @Test func `a file of fences that cannot be read ends the command, whatever else there is`() throws {
    let folder = try TemporaryFolder()
    let broken = folder.path("broken.geojson")
    try Data("{".utf8).write(to: URL(fileURLWithPath: broken))
    let run = try Command(["replay", fixture("feed.ndjson"), "--fences", fixture("depots.geojson"), broken])
    #expect(run.status == 65)
    #expect(run.output.isEmpty)
    #expect(run.messages.contains("/broken.geojson"))
  }

  @Test func `lint finds nothing in good fences`() throws {
    let run = try Command(["fences", "lint", fixture("depots.geojson")])
    #expect(run.status == 0)
    #expect(run.output.isEmpty)
    #expect(run.messages == "5 features, 0 findings\n")
  }
}
