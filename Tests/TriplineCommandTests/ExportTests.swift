import Foundation
import FoundationXML
import Testing
import TriplineTesting

/// `tripline tracks export`; what other people's readers make of it is checked by `Scripts/test foreign`.
@Suite struct ExportTests {
  private static let track = fixture("van-delivery-round.csv")

  @Test func `the CSV that is written is read to the same fixes`() throws {
    let folder = try TemporaryFolder()
    let first = try Command(["tracks", "export", Self.track, "-o", "csv", "-O", folder.path("a.csv")])
    let second = try Command(["tracks", "export", folder.path("a.csv"), "-o", "csv"])
    #expect(first.status == 0 && first.output.isEmpty && second.status == 0)
    #expect(second.text == (try String(contentsOfFile: folder.path("a.csv"), encoding: .utf8)))
    let original = try Command(["replay", Self.track, "-o", "csv"])
    let replayed = try Command(["replay", folder.path("a.csv"), "-o", "csv"])
    #expect(original.text == replayed.text && original.lines.count > 5)
  }

  @Test func `ids and texts that mean something in XML, JSON and CSV come through`() throws {
    let id = #"<a> & "b",'c'"#
    let csv = "track_id,vehicle_id,time,lat,lon\n\"<a> & \"\"b\"\",'c'\",v,0,1,2\n\"<a> & \"\"b\"\",'c'\",v,1,1,2.5\n"
    let gpx = try Command(["tracks", "export", "-o", "gpx"], content: csv, named: "odd.csv")
    let parser = XMLNames()
    #expect(parser.names(in: gpx.output) == [id])
    let json = try Command(["tracks", "export", "-o", "geojson"], content: csv, named: "odd.csv")
    let document = try #require(try JSONSerialization.jsonObject(with: json.output) as? [String: Any])
    let features = try #require(document["features"] as? [[String: Any]])
    #expect((features[0]["properties"] as? [String: Any])?["track_id"] as? String == id)
    let again = try Command(["tracks", "export", "-o", "csv"], content: csv, named: "odd.csv")
    #expect(again.lines.dropFirst().allSatisfy { $0.hasPrefix(#""<a> & ""b"",'c'",v,"#) } && again.lines.count == 3)
  }

  @Test func `trap 25: fixes that a format has no room for are told`() throws {
    let csv = "time,lat,lon\n0,1,2\n1,1,2\n1,1,3\n2,1,4\n"
    let run = try Command(["tracks", "export", "-o", "mfjson"], content: csv, named: "again.csv")
    #expect(run.status == 0 && run.messages.contains("left out, for mfjson has no room for them: 1 fixes"))
    let other = try Command(["tracks", "export", "-o", "geojson"], content: csv, named: "again.csv")
    #expect(other.status == 0 && !other.messages.contains("left out"))
  }

  @Test(arguments: [("gpx", true), ("kml", true), ("geojson", false), ("csv", false)])
  func `vehicles that a format has no room for are told`(format: String, isTold: Bool) throws {
    let csv =
      "track_id,vehicle_id,time,lat,lon\n1,A,0,1,2\n1,A,1,1,2.1\n1,B,0,1,3\n1,B,1,1,3.1\nC,C,0,1,4\nC,C,1,1,4.1\n"
    let run = try Command(["tracks", "export", "-o", format], content: csv, named: "fleet.csv")
    #expect(run.status == 0 && run.messages.contains("the vehicle of 2 tracks") == isTold, "\(run.messages)")
  }

  @Test func `where no input can be read the output is left as it was`() throws {
    let folder = try TemporaryFolder()
    for arguments in [
      ["tracks", "export", "-O", folder.path("kept.csv")], ["tracks", "export", "-O", folder.path("kept.gpkg")],
      ["score", "-o", "ndjson", "-O", folder.path("kept.ndjson")],
    ] {
      let path = arguments[arguments.count - 1]
      if !path.hasSuffix("gpkg") { try "kept".write(toFile: path, atomically: true, encoding: .utf8) }
      let run = try Command(arguments + [folder.path("none.csv")])
      #expect(run.status == 66 && run.messages.contains("none.csv"), "\(run.messages)")
      let content = try? String(contentsOfFile: path, encoding: .utf8)
      #expect(content == (path.hasSuffix("gpkg") ? nil : "kept"))
    }
  }

  @Test(arguments: ["csv", "gpx", "kml", "geojson", "mfjson", "kepler"])
  func `without a fix the document is whole`(format: String) throws {
    let run = try Command(["tracks", "export", "-o", format], content: "time,lat,lon\n0,1,2\n", named: "one.csv")
    #expect(run.status == 0, "\(run.messages)")
    if format.hasSuffix("json") || format == "kepler" {
      let document = try JSONSerialization.jsonObject(with: run.output) as? [String: Any]
      #expect((document?["features"] as? [Any])?.isEmpty ?? false)
    }
  }

  @Test func `a GeoPackage is never written over`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("t.gpkg")
    #expect(try Command(["tracks", "export", Self.track, "-O", path]).status == 0)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let again = try Command(["tracks", "export", Self.track, "-O", path])
    #expect(again.status == 73 && again.messages.contains("is there already"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    let other = folder.path("u.gpkg")
    #expect(try Command(["tracks", "export", Self.track, "-O", other]).status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)
  }

  @Test func `cleaned, smoothed and simplified`() throws {
    var lines = ["track_id,time,lat,lon,accuracy_m"]
    for index in 0..<100 {
      let bad = index == 50
      lines.append("t,\(index),\(bad ? 10 : 50 + Double(index) * 0.0001),\(bad ? 20 : 14),5")
    }
    let csv = lines.joined(separator: "\n") + "\n"
    let raw = try Command(["tracks", "export", "-o", "csv"], content: csv, named: "t.csv")
    let clean = try Command(["tracks", "export", "-o", "csv", "--clean"], content: csv, named: "t.csv")
    let few = try Command(
      ["tracks", "export", "-o", "csv", "--clean", "--simplify", "5"], content: csv, named: "t.csv")
    let smooth = try Command(["tracks", "export", "-o", "csv", "--clean", "--smooth"], content: csv, named: "t.csv")
    #expect([raw, clean, few, smooth].map(\.lines.count) == [101, 100, 3, 100])
    #expect(clean.messages.contains("left out: spike 1") && !raw.messages.contains("left out"))
  }

  @Test(arguments: [
    [], ["-o", "shp"], ["-o", "gpkg"], ["-o", "csv", "--simplify", "-1"], ["-O", "tracks.xyz"],
  ])
  func `wrong usage ends with 64`(arguments: [String]) throws {
    #expect(try Command(["tracks", "export", Self.track] + arguments).status == 64)
  }

  @Test func `a file that cannot be written ends with 73`() throws {
    #expect(try Command(["tracks", "export", Self.track, "-O", "/nonexistent/t.gpx"]).status == 73)
    #expect(try Command(["tracks", "export", Self.track, "-O", "/nonexistent/t.gpkg"]).status == 73)
  }
}

/// The texts of the elements `name` of a document.
private final class XMLNames: NSObject, XMLParserDelegate {
  private var found: [String] = []
  private var text: String?

  func names(in data: Data) -> [String] {
    let parser = XMLParser(data: data)
    parser.delegate = self
    return parser.parse() ? found : []
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if name == "name" { text = "" }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text? += string }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    if name == "name", let text { found.append(text) }
    if name == "name" { text = nil }
  }
}
