import Foundation
import Testing

/// The conditions of a rule, shapes of fences and heights by options of the command, on synthetic tracks.
@Suite struct ConditionsTests {
  /// A vehicle that drives 20 m a fix, every 10 s, to the east along the parallel of 50 degrees, 2,000 m long; its
  /// altitude is 10 m a fix higher each time.
  private static let drive: String =
    "time,lat,lon,accuracy,altitude\n"
    + (0...100).map { "\(1_700_000_000 + $0 * 10),50,\(14 + Double($0) * 0.00028),5,\($0 * 10)\n" }.joined()

  /// A corridor along the drive, from 280 m to 1,400 m, as KML, and two areas beside it.
  private static let road = """
    <kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="road"><LineString><coordinates>
    14.004,50 14.02,50</coordinates></LineString></Placemark></Document></kml>
    """
  private static let yard = """
    {"type":"Feature","id":"yard","properties":{"floor":300,"ceiling":500},"geometry":{"type":"Polygon",
    "coordinates":[[[13.999,49.99],[14.1,49.99],[14.1,50.01],[13.999,50.01]]]}}
    """

  private func run(
    _ command: [String], track: String = drive, fences: String, named name: String, _ options: [String]
  ) throws -> Command {
    let folder = try TemporaryFolder()
    let (trackPath, fencePath) = (folder.path("drive.csv"), folder.path(name))
    try Data(track.utf8).write(to: URL(fileURLWithPath: trackPath))
    try Data(fences.utf8).write(to: URL(fileURLWithPath: fencePath))
    return try Command(command + [trackPath] + options + ["--fences", fencePath])
  }

  private func told(_ run: Command) -> [String] {
    run.lines.filter { $0.contains("\"type\":\"rule\"") }.compactMap { line in
      line.split(separator: "\"event\":\"").dropFirst().first?.split(separator: "\"").first.map(String.init)
    }
  }

  @Test func `a corridor out of KML is entered after so many metres along it, one way`() throws {
    let options = ["--corridor-width", "50", "-o", "ndjson"]
    func replay(_ more: [String]) throws -> [String] {
      let run = try run(["replay"], fences: Self.road, named: "road.kml", options + more)
      #expect(run.status == 0, "\(run.messages)")
      return told(run)
    }
    #expect(try replay(["--along-route", "500"]) == ["enter", "exit"])
    #expect(try replay(["--along-route", "500", "--direction", "forward"]) == ["enter", "exit"])
    #expect(try replay(["--along-route", "500", "--direction", "backward"]).isEmpty)
    #expect(try replay(["--along-route", "5000"]).isEmpty)
    #expect(try replay(["--certainty", "strict"]) == ["enter", "exit"])
    let narrow = try run(["replay"], fences: Self.road, named: "road.kml", ["--along-route", "500"])
    #expect(narrow.messages.contains("is a line without a width"), "\(narrow.messages)")
  }

  @Test func `heights count, and what a fix without one is thought of`() throws {
    let replay = ["replay"]
    let options = ["--enter-fixes", "1", "-o", "ndjson"]
    #expect(told(try run(replay, fences: Self.yard, named: "y.geojson", options)) == ["enter", "exit"])
    let flat = Self.drive.split(separator: "\n").map { $0.prefix(upTo: $0.lastIndex(of: ",") ?? $0.endIndex) }
      .joined(separator: "\n")
    #expect(told(try run(replay, track: flat, fences: Self.yard, named: "y.geojson", options)).isEmpty)
    let inside = try run(
      replay, track: flat, fences: Self.yard, named: "y.geojson", options + ["--missing-altitude", "inside"])
    #expect(told(inside) == ["start", "end"])
    for (policy, expected) in [("event", ["enter", "end"]), ("silent", []), ("state", ["start", "end"])] {
      let run = try run(
        replay, track: flat, fences: Self.yard, named: "y.geojson",
        options + ["--missing-altitude", "inside", "--initial-state", policy])
      #expect(told(run) == expected, "\(policy)")
    }
    let points = "lat,lon,altitude\n50,14,400\n50,14,100\n50,14,\n"
    let folder = try TemporaryFolder()
    let fences = folder.path("y.geojson")
    try Data(Self.yard.utf8).write(to: URL(fileURLWithPath: fences))
    let located = try Command(["fences", "locate", "--fences", fences], content: Data(points.utf8), named: "p.csv")
    #expect(located.text == "row,fence_id,location\n0,yard,interior\n2,yard,interior\n")
  }

  @Test func `crossings are inferred up to a gap and a speed`() throws {
    // Every 700 m, 350 s apart: over the corridor's 1,120 m from before it to behind it takes three fixes.
    let sparse =
      "time,lat,lon\n"
      + [0, 1, 2, 3, 4].map { "\(1_700_000_000 + $0 * 200),50,\(14.003 + Double($0) * 0.018)\n" }.joined()
    let options = ["--corridor-width", "50", "--enter-fixes", "1", "-o", "ndjson"]
    func replay(_ more: [String]) throws -> [String] {
      told(try run(["replay"], track: sparse, fences: Self.road, named: "road.kml", options + more))
    }
    #expect(try replay([]) == ["enter", "exit"])
    #expect(try replay(["--inference-gap", "199"]).isEmpty)
    #expect(try replay(["--inference-speed", "5"]).isEmpty)
    #expect(try replay(["--inference-speed", "7"]) == ["enter", "exit"])
  }

  @Test func `decisions say before each event what brought it about`() throws {
    let options = ["--corridor-width", "50", "--enter-fixes", "3", "--enter-margin", "5", "--decisions"]
    let events = try run(["replay"], fences: Self.road, named: "road.kml", options + ["-o", "ndjson"])
    let decisions = events.lines.filter { $0.contains("\"type\":\"decision\"") }
    #expect(decisions.count >= 4)
    #expect(
      decisions.contains { $0.contains("\"reason\":\"too_few_fixes\"") && $0.contains("\"stated_accuracy_m\":5") })
    #expect(decisions.allSatisfy { $0.contains("\"basis\":\"") && $0.contains("\"boundary_distance_m\":") })
    let table = try run(["replay"], fences: Self.road, named: "road.kml", options)
    let lines = table.lines.filter { $0.contains(" weighed ") || $0.contains(" told ") }
    let first = try #require(lines.firstIndex { $0.contains(" told ") })
    #expect(lines[first - 1].contains("enter road: inside by the fix, believed"), "\(lines)")
    #expect(lines.contains { $0.contains("not yet: 1 of 3 fixes") })
  }

  @Test func `lint with tracks says which fences are too small for them`() throws {
    let gates = """
      {"type":"FeatureCollection","features":[
      {"type":"Feature","id":"gate","properties":{"radius":2},"geometry":{"type":"Point","coordinates":[14.01,50]}},
      {"type":"Feature","id":"town","properties":{"radius":900},"geometry":{"type":"Point","coordinates":[14.01,50]}}]}
      """
    let folder = try TemporaryFolder()
    let (track, fences) = (folder.path("drive.csv"), folder.path("gates.geojson"))
    try Data(Self.drive.utf8).write(to: URL(fileURLWithPath: track))
    try Data(gates.utf8).write(to: URL(fileURLWithPath: fences))
    let run = try Command(["fences", "lint", fences, "--tracks", track])
    #expect(run.status == 1)
    #expect(run.text.contains("gate") && !run.text.contains("town"), "\(run.text)")
    #expect(try Command(["fences", "lint", fences]).status == 0)
  }

  @Test func `fences in another reference system are read as asked`() throws {
    let projected = "depot;POLYGON ((500000 5538630, 510000 5538630, 510000 5548630))"
    let points = "lat,lon\n50.02,15.1\n"
    let folder = try TemporaryFolder()
    let fences = folder.path("f.wkt")
    try Data(projected.utf8).write(to: URL(fileURLWithPath: fences))
    func locate(_ options: [String]) throws -> Command {
      try Command(["fences", "locate", "--fences", fences] + options, content: Data(points.utf8), named: "p.csv")
    }
    #expect(try locate(["--crs", "EPSG:32633"]).text == "row,fence_id,location\n0,depot,interior\n")
    let plain = try locate([])
    #expect(plain.messages.contains("Say in which reference system they are"), "\(plain.messages)")
    #expect(try locate(["--crs", "EPSG:none"]).messages.contains("is not a coordinate reference system"))
  }
}
