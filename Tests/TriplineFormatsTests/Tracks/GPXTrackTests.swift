import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite struct GPXTrackTests {
  private static let head = #"<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">"#

  private func read(_ body: String, name: String = "drive.gpx") throws -> ReadTracks {
    try ReadTracks(Self.head + body, name: name)
  }

  private func point(_ time: Int, _ more: String = "") -> String {
    #"<trkpt lat="52.5" lon="13.4">\#(more)<time>1970-01-01T00:00:\#(time < 10 ? "0" : "")\#(time)Z</time></trkpt>"#
  }

  @Test func `a point gives position, time, height, speed and course`() throws {
    let more = "<ele>30.5</ele><speed>5</speed><course>90</course><hdop>2</hdop>"
    let read = try read("<trk><name>A &amp; B</name><trkseg>\(point(1, more))</trkseg></trk></gpx>")
    let fix = try #require(read.fixes.first)
    #expect(fix.time == 1000)
    #expect(fix.coordinate == Coordinate(latitude: 52.5, longitude: 13.4))
    #expect([fix.altitude, fix.speed, fix.course, fix.accuracy] == [30.5, 5, 90, nil])
    #expect(read.tracks.tracks == [.init(trackID: "A & B", vehicleID: "drive", source: "drive.gpx")])
    #expect(read.report.isClean, "\(read.problems)")
  }

  @Test func `segments stay in their track and a name used before gives way to the position`() throws {
    let segment = "<trkseg>\(point(1))</trkseg><trkseg>\(point(2))</trkseg>"
    let read = try read(
      "<trk><name>A</name>\(segment)</trk><trk><name>A</name>\(segment)</trk><trk>\(segment)</trk></gpx>")
    #expect(read.tracks.tracks.map(\.trackID) == ["A", "drive#2", "drive#3"])
    #expect(read.fixes.map(\.sequence) == [0, 1, 0, 1, 0, 1])
    #expect(read.fixes.map(\.vehicle) == [0, 0, 1, 1, 2, 2])
  }

  @Test(arguments: [10, 100_000])
  func `a file of any size comes in batches, plain or gzip`(points: Int) throws {
    let body = "<trk><trkseg>" + (0..<points).map { point($0 * 59 / points) + "\n" }.joined() + "</trkseg></trk></gpx>"
    for bytes in [Array((Self.head + body).utf8), gzip(Self.head + body)] {
      let read = try ReadTracks(bytes: bytes, name: "drive.gpx")
      #expect(read.fixes.count == points)
      #expect(read.fixes.last?.sequence == UInt32(points - 1))
      #expect(read.report.rows == points)
      #expect(read.report.isClean, "\(read.problems)")
    }
  }

  @Test func `GPX is recognised by content`() throws {
    #expect(try read("<trk><trkseg>\(point(1))</trkseg></trk></gpx>", name: "drive").fixes.count == 1)
  }

  @Test(arguments: [
    ("</gpx>", "drive.gpx: has no track. Export the recorded track."),
    ("<trk><trkseg/></trk></gpx>", "drive.gpx: has no track points. Export the recorded track."),
    (
      #"<wpt lat="1" lon="2"/><rte><rtept lat="1" lon="2"/><rtept lat="1" lon="2"/></rte></gpx>"#,
      "drive.gpx: has no track; its 2 route points and 1 waypoints are planned places, not recorded ones. "
        + "Export the recorded track."
    ),
  ])
  func `a file without track points says what it has instead`(body: String, message: String) throws {
    let read = try read(body)
    #expect(read.fixes.isEmpty)
    #expect(read.report.counts == [.noTracks: 1])
    #expect(read.problems == [message])
  }

  @Test func `broken XML gives the points before it and the line`() throws {
    let read = try read("\n<trk><trkseg>\n\(point(1))\n\(point(2))\n</trk></gpx>\n<trk>\(point(3))")
    #expect(read.fixes.map(\.time) == [1000, 2000])
    #expect(read.report.counts == [.malformedDocument: 1])
    #expect(read.problems.first?.hasPrefix("drive.gpx:5: the XML is broken here") == true, "\(read.problems)")
  }

  @Test func `XML that ends early gives the points before it`() throws {
    let read = try read("<trk><trkseg>\n\(point(1))\n\(point(2))\n<trkpt lat=\"1\" ")
    #expect(read.fixes.count == 2)
    #expect(read.report.counts == [.malformedDocument: 1])
  }

  @Test func `gzip that ends early gives the points before and one problem`() throws {
    let text = Self.head + "<trk><trkseg>" + (0..<5000).map { point($0 * 59 / 5000) }.joined()
    let read = try ReadTracks(bytes: Array(gzip(text).dropLast(40)), name: "drive.gpx.gz")
    #expect(read.fixes.count > 4900)
    #expect(read.report.counts == [.truncated: 1])
  }

  @Test func `XML of another kind is an error`() {
    let error = #expect(throws: FormatError.self) { try ReadTracks("<kml><Document/></kml>", name: "x.gpx") }
    #expect(error?.code == .unsupportedFormat)
    #expect(error?.description.hasPrefix("x.gpx:1: is XML but not GPX: it starts with <kml>") == true)
  }

  @Test func `a point without a time or a position is a bad row of its track`() throws {
    let bad = #"<trkpt lat="1" lon="2"/><trkpt lat="north" lon="2"><time>1970-01-01T00:00:09Z</time></trkpt>"#
    let read = try read("\n<trk><trkseg>\(point(1))\n\(bad)\n\(point(2))</trkseg></trk></gpx>")
    #expect(read.fixes.map(\.sequence) == [0, 3])
    #expect(read.report.counts == [.missingTime: 1, .badValue: 1])
    #expect(read.report.problems.map(\.place.line) == [3, 3])
  }

  @Test func `a file without any time is one problem`() throws {
    let points = String(repeating: #"<trkpt lat="1" lon="2"><ele>5</ele></trkpt>"#, count: 50)
    let read = try read("<trk><trkseg>\(points)</trkseg></trk></gpx>")
    #expect(read.fixes.isEmpty)
    #expect(read.report.rows == 50)
    #expect(read.report.counts == [.missingTime: 1])
    #expect(read.problems.first?.contains("none of its 50 track points has a time") == true)
  }

  @Test func `entities are read, and nothing from outside is included`() throws {
    let text = #"<!DOCTYPE gpx [<!ENTITY v "van"><!ENTITY x SYSTEM "file:///etc/hostname">]>"#
    let body = "<gpx><trk><name>&v;-&x;1</name><trkseg>\(point(1))</trkseg></trk></gpx>"
    let read = try ReadTracks(text + body, name: "drive.gpx")
    #expect(read.tracks.tracks.map(\.trackID) == ["van-1"])
    #expect(read.report.isClean, "\(read.problems)")
  }

  @Test func `entities that grow beyond reason are broken XML`() throws {
    let levels = (1...12).map { #"<!ENTITY e\#($0) "\#(String(repeating: "&e\($0 - 1);", count: 10))">"# }.joined()
    let text = #"<!DOCTYPE gpx [<!ENTITY e0 "expanding">\#(levels)]><gpx><trk><name>&e12;</name></trk></gpx>"#
    let read = try ReadTracks(text, name: "drive.gpx")
    #expect(read.report.counts == [.malformedDocument: 1])
    #expect(read.problems.first?.contains("amplification") == true, "\(read.problems)")
  }

  @Test func `a tag that does not end is not kept forever`() throws {
    let text = "<trk><trkseg>\(point(1))<trkpt a='" + String(repeating: "x", count: 2 << 20)
    let read = try read(text)
    #expect(read.fixes.count == 1)
    #expect(read.problems.first?.contains("longer than 1 MiB") == true, "\(read.problems)")
  }

  @Test func `comments, instructions, prefixes, CDATA and references are read as XML has them`() throws {
    let text = """
      \u{FEFF}<?xml version='1.0'?><?style?><!DOCTYPE gpx><!-- <trk> --><g:gpx xmlns:g="x"><g:trk><g:name><![CDATA[A & ]]>\
      &#66;&#x43;&lt;</g:name><g:trkseg >
      <g:trkpt lon = '13.4' x=">" lat="52.5"><g:time> 1970-01-01T00:00:01Z </g:time><a:b/></g:trkpt></g:trkseg></g:trk></g:gpx>

      """
    let read = try ReadTracks(text, name: "drive.gpx")
    #expect(read.fixes.map(\.coordinate) == [Coordinate(latitude: 52.5, longitude: 13.4)])
    #expect(read.tracks[0].trackID == "A & BC<")
    #expect(read.report.isClean, "\(read.problems)")
  }

  @Test(
    arguments: ["UTF-8", "UTF-16", "ISO-8859-1", "US-ASCII", "windows-1252", "ISO-8859-15", "KOI8-R"], [true, false])
  func `documents in many encodings are read`(encoding: String, isZipped: Bool) throws {
    let names = ["US-ASCII": "Koeln", "windows-1252": "Köln €", "ISO-8859-15": "Köln €", "KOI8-R": "Кёльн"]
    let name = names[encoding] ?? "Köln"
    let track = "<trk><name>\(name)</name><trkseg>\(point(1))</trkseg></trk>"
    let text = "<?xml version='1.0' encoding='\(encoding)'?><gpx>\(track)</gpx>"
    let known: [String: [Character: UInt8]] = [
      "ISO-8859-1": ["ö": 0xF6], "windows-1252": ["ö": 0xF6, "€": 0x80], "ISO-8859-15": ["ö": 0xF6, "€": 0xA4],
      "KOI8-R": ["К": 0xEB, "ё": 0xA3, "л": 0xCC, "ь": 0xD8, "н": 0xCE],
    ]
    let bytes: [UInt8] =
      switch encoding {
      case "UTF-16": "\u{FEFF}\(text)".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
      case "UTF-8": Array(text.utf8)
      default: text.map { $0.asciiValue ?? known[encoding]?[$0] ?? 0 }
      }
    let read = try ReadTracks(bytes: isZipped ? gzip(bytes) : bytes, name: "drive")
    #expect(read.fixes.count == 1)
    #expect(read.tracks.tracks.map(\.trackID) == [name])
    #expect(read.report.isClean, "\(read.problems)")
  }

  @Test(arguments: ["klingon", "UTF-7", "SHIFT_JIS"])
  func `an encoding that is not read is named as that`(encoding: String) throws {
    let read = try ReadTracks("<?xml version='1.0' encoding='\(encoding)'?><gpx></gpx>", name: "drive.gpx")
    #expect(read.problems.first?.contains("unknown encoding") == true, "\(read.problems)")
  }

  @Test(arguments: [
    "</trk>", "<trk><trkseg></trk>", "<trk a>", "<trk a=1>", "<trk a='1>", "<>", "<!-- ", "<![CDATA[", "<?x",
    "<!ENTITY>",
    "</gpx><gpx>", "</gpx>text", "<trk <trk>", "\u{0}</gpx2>",
  ])
  func `XML that is not well formed is a problem with a line`(body: String) throws {
    let read = try read("\n<trk><trkseg>\(point(1))</trkseg></trk>\n" + body)
    #expect(read.fixes.count == 1)
    #expect(read.report.counts == [.malformedDocument: 1])
    #expect(read.report.problems.first?.place.line == 3, "\(read.problems)")
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      ("andorra_for_map_matching", 0), ("gpxv1_0", 14), ("issue-13", 29), ("issue-70", 17), ("no_trkpt", 0),
      ("no_trkseg", 0), ("test1", 264), ("test2_no_millis", 0), ("tour-with-loop", 11),
    ])
  func `files of a routing engine's tests are read`(name: String, points: Int) throws {
    let read = try ReadTracks(InputFile(path: SharedData.path("gpx/graphhopper_\(name).gpx")))
    #expect(read.fixes.count == points, "\(read.problems)")
    #expect(read.report.isClean == (points > 0), "\(read.problems)")
  }
}
