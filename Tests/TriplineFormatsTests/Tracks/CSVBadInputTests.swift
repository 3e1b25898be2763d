import Testing
import TriplineCore
import TriplineFormats

@Suite struct CSVBadInputTests {
  private static let header = "track_id,time,lat,lon,alt_m\n"
  private static let good = "t,0,52.5,13.4,\n"

  @Test(arguments: [
    ("t,1,52.5", FormatError.Code.malformedRow, "the row has 3 fields, the header has 5"),
    ("t,1,52,5,13,4,", .malformedRow, "the row has more fields than the 5 of the header"),
    ("t,1,52.5,13.4,,,,x", .malformedRow, "the row has more fields than the 5 of the header"),
    ("t,1,52.5,13.4,,\"x\"", .malformedRow, "the row has more fields than the 5 of the header"),
    ("t,1,,13.4,", .badValue, "the latitude is empty"),
    ("t,1,52.5,east,", .badValue, "longitude \"east\" is not a number"),
    ("t,1,\"52,5\",13.4,", .badValue, "latitude \"52,5\" is not a number"),
    ("t,,52.5,13.4,", .badValue, "the time is empty"),
    ("t,soon,52.5,13.4,", .badValue, "time \"soon\" is not understood"),
    ("t,1,52.5,\"13.4,", .malformedRow, "a quoted field does not end on its line"),
    ("t,1,\"52.5\"x,13.4,", .malformedRow, "there is text after a closing quote"),
  ])
  func `a bad row is named by line and reason, and the good ones come through`(
    row: String, code: FormatError.Code, message: String
  ) throws {
    let read = try ReadTracks(Self.header + Self.good + row + "\n" + Self.good)
    #expect(read.fixes.map(\.sequence) == [0, 2])
    #expect(read.report.counts == [code: 1])
    #expect(read.report.rows == 3)
    #expect(read.problems.first?.hasPrefix("test.csv:3: \(message)") == true, "\(read.problems)")
  }

  @Test func `delimiters behind the last column are no fields`() throws {
    let read = try ReadTracks(Self.header + "t,0,52.5,13.4,,\nt,1,52.5,13.4,7,,, \nt,2,52.5,13.4,7,\"\",\n")
    #expect(read.fixes.map(\.time) == [0, 1000, 2000] && read.report.isClean, "\(read.problems)")
  }

  @Test(arguments: [header, "time,lat,lon\n"]) func `lines that end by carriage returns alone are told as such`(
    header: String
  ) throws {
    let text = (header + Self.good + Self.good).replacing("\n", with: "\r")
    let error = #expect(throws: FormatError.self) { try ReadTracks(text) }
    #expect(
      error.map { "\($0)".hasPrefix("test.csv:1: its lines end with carriage returns alone") } == true,
      "\(String(describing: error))")
  }

  @Test func `what is wrong in columns behind those that are read costs nothing`() throws {
    let read = try ReadTracks(
      "time,lat,lon,note\n0,52.5,13.4,\"said \"hi\"\n1,52.5,13.4,\"open\n2,52.5,13.4,\"a, b\"\n3,52.5,13.4\n")
    #expect(read.fixes.count == 4 && read.report.isClean, "\(read.problems)")
  }

  @Test func `an optional value that is no number costs only itself`() throws {
    let read = try ReadTracks(Self.header + "t,0,52.5,13.4,high\n")
    #expect(read.fixes.count == 1)
    #expect(read.fixes[0].altitude == nil)
    #expect(
      read.problems == [
        "test.csv:2: altitude \"high\" is not a number; the fix is used without it. Leave it empty."
      ])
  }

  @Test func `NaN, infinity and latitude 96 are delivered for the engine to count, and told with their lines`() throws {
    let read = try ReadTracks(
      Self.header + "t,0,NaN,13.4,\nt,1,96,13.4,\nt,2,52.5,-inf,\nt,3,52.5,13.4,\nt,4,52.5,13.4,\n")
    #expect(read.fixes.count == 5)
    #expect(read.fixes[0].latitude.isNaN)
    #expect(read.fixes[1].latitude == 96)
    #expect(read.fixes[2].longitude == -.infinity)
    #expect(read.report.counts == [.outOfRange: 3])
    #expect(read.report.problems.map(\.place.line) == [2, 3, 4])
    #expect(read.report.problems[1].message.contains("latitude 96.0"))
  }

  @Test func `a time going back is told with its line, by track`() throws {
    let read = try ReadTracks(
      "track_id,time,lat,lon\na,10,52,13\nb,5,52,13\na,9,52,13\nb,6,52,13\na,9,52,13\na,10,52,13\n")
    #expect(read.fixes.map(\.time) == [10_000, 5_000, 9_000, 6_000, 9_000, 10_000])
    #expect(read.report.counts == [.timeGoesBack: 2])
    #expect(read.report.problems.map(\.place.line) == [4, 6])
  }

  @Test(arguments: [3, 250])
  func `swapped axes are noticed once and the fixes are delivered`(rows: Int) throws {
    let text = "time,lat,lon\n" + (0..<rows).map { "\($0),139.7,35.6\n" }.joined()
    let read = try ReadTracks(text)
    #expect(read.fixes.count == rows)
    #expect(read.report.counts == [.swappedAxes: 1, .outOfRange: rows])
    let problem = try #require(read.report.problems.first { $0.code == .swappedAxes })
    #expect(problem.message.contains("lat and lon look swapped"))
    #expect(read.report.problems[0].place == .init(file: "test.csv", line: 2))
  }

  @Test(arguments: ["", "\n\n", "\u{FEFF}"])
  func `an empty file is an error that names it`(text: String) {
    let error = #expect(throws: FormatError.self) { try ReadTracks(text, name: "van.csv") }
    #expect(error?.code == .empty)
    #expect(error?.place.file == "van.csv")
  }

  @Test func `a file with nothing but a header is one problem`() throws {
    let read = try ReadTracks(Self.header)
    #expect(read.fixes.isEmpty)
    #expect(read.problems == ["test.csv:1: has a header and no rows. Is the export complete?"])
  }

  @Test(arguments: [("lat,lon,when", "time"), ("time,lat,easting", "longitude"), ("time,north,lon", "latitude")])
  func `a required column that is missing is named with what is there`(header: String, column: String) {
    let error = #expect(throws: FormatError.self) { try ReadTracks("\n" + header + "\n1,2,3\n") }
    #expect(error?.code == .missingColumn)
    #expect(error?.place == .init(file: "test.csv", line: 2))
    #expect(error?.message.contains("no \(column) column") == true)
    #expect(error?.message.contains(header.replacing(",", with: ", ")) == true)
  }

  @Test func `times that go back are delivered as they are`() throws {
    let read = try ReadTracks(Self.header + "t,5,1,2,\nt,3,1,2,\nt,5,1,2,\n")
    #expect(read.fixes.map(\.time) == [5000, 3000, 5000])
    #expect(read.report.counts == [.timeGoesBack: 1])
  }

  @Test func `CRLF, a byte order mark, blank lines and a missing last newline change nothing`() throws {
    let read = try ReadTracks("\u{FEFF}track_id,time,lat,lon,alt_m\r\nt,0,52.5,13.4,7\r\n\r\nt,1,52.5,13.4,8")
    #expect(read.fixes.map(\.altitude) == [7, 8])
    #expect(read.fixes.map(\.sequence) == [0, 1])
    #expect(read.tracks[0].trackID == "t")
    #expect(read.report.isClean, "\(read.problems)")
  }

  @Test func `an id that is not UTF-8 is a bad row`() throws {
    let bytes = Array((Self.header + Self.good).utf8) + [0x4D, 0xFC] + Array(",1,52.5,13.4,\n".utf8)
    let read = try ReadTracks(bytes: bytes + Array(Self.good.utf8), name: "x.csv")
    #expect(read.fixes.count == 2)
    #expect(read.report.counts == [.notUTF8: 1])
    #expect(read.report.problems[0].place == .init(file: "x.csv", line: 3))
  }

  @Test func `bytes that are not UTF-8 in a column nobody reads do no harm`() throws {
    let bytes = Array("time,lat,lon,driver\n0,1,2,M".utf8) + [0xFC, 0x0A]
    let read = try ReadTracks(bytes: bytes, name: "x.csv")
    #expect(read.fixes.count == 1)
    #expect(read.report.isClean)
  }

  @Test func `reports of two files add up and keep the first of each kind`() throws {
    let bad = (0..<30).map { "t,\($0),x,1,\n" }.joined()
    var report = try ReadTracks(Self.header + bad).report
    report.merge(try ReadTracks(Self.header + "t\n", name: "b.csv").report)
    #expect(report.counts == [.badValue: 30, .malformedRow: 1])
    #expect(report.problems.count == 21)
    #expect(report.problems.last?.place.file == "b.csv")
    #expect(report.rows == 31)
  }
}
