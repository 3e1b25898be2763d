import Foundation
import Testing

/// What bad input gives: one clear message that names the place, the good rows, and exit status 65 with `--strict`.
@Suite struct BadInputTests {
  struct Input: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var name = "input.csv"
    var content: [UInt8]
    /// What the message says after the name of the file.
    var message: String
    var points = 0
    /// The status without `--strict`: 65 where nothing can be read at all.
    var status: Int32 = 0

    init(
      _ description: String, name: String = "input.csv", _ text: String, says message: String, points: Int = 0,
      status: Int32 = 0
    ) {
      testDescription = description
      self.name = name
      content = Array(text.utf8)
      self.message = message
      self.points = points
      self.status = status
    }
  }

  private static let header = "track_id,time,lat,lon\n"
  private static let first = "a,2026-03-02T08:00:00Z,52.1,5.1\n"
  private static let last = "a,2026-03-02T08:00:20Z,52.102,5.1\n"

  /// A good row, a row in question on line 3, and a good row.
  private static func rows(_ middle: String) -> String { header + first + middle + "\n" + last }

  static let tracks: [Input] = [
    Input("a missing field", rows("a,2026-03-02T08:00:10Z,52.101"), says: ":3: the row has 3 fields", points: 2),
    Input("an empty field", rows("a,2026-03-02T08:00:10Z,,5.1"), says: ":3: the latitude is empty", points: 2),
    Input("text for a number", rows("a,2026-03-02T08:00:10Z,x,5.1"), says: ":3: latitude \"x\" is not", points: 2),
    Input("text for a time", rows("a,later,52.101,5.1"), says: ":3: time \"later\" is not", points: 2),
    Input(
      "swapped axes", header + "a,2026-03-02T08:00:00Z,151.2,-33.9\na,2026-03-02T08:00:10Z,151.2,-33.91\n",
      says: ":1: most latitudes are beyond 90 degrees"),
    Input("an empty file", "", says: ": is empty", status: 65),
    Input("a header only", header, says: ":1: has a header and no rows"),
    Input("no time column", "track_id,lat,lon\na,52.1,5.1\n", says: ":1: has no time column", status: 65),
    Input("GPX without a track", name: "input.gpx", "<gpx version=\"1.1\"></gpx>", says: ": has no track"),
    Input(
      "broken XML", name: "input.gpx",
      """
      <gpx version="1.1"><trk><trkseg>
      <trkpt lat="52.1" lon="5.1"><time>2026-03-02T08:00:00Z</time></trkpt>
      <trkpt lat="52.1" <
      """, says: ":3: the XML is broken here", points: 1),
    Input("broken JSON", name: "input.ndjson", "{\"time\":\n", says: ":1: the line is not one JSON object"),
  ]

  @Test(arguments: tracks)
  func `bad tracks are told with their place, and good rows are read`(_ input: Input) throws {
    try expect(input)
  }

  @Test(arguments: [
    Input("NaN", rows("a,2026-03-02T08:00:10Z,NaN,5.1"), says: ":3:", points: 2),
    Input("latitude 96", rows("a,2026-03-02T08:00:10Z,96,5.1"), says: ":3:", points: 2),
    Input("a time going back", rows("a,2026-03-02T07:00:00Z,52.1,5.1"), says: ":3:", points: 3),
  ])
  func `a fix that the gate refuses is told with its place`(_ input: Input) throws {
    try expect(input)
  }

  @Test(arguments: [
    ("a header only", "lat,lon\n", ":1: has a header and no rows"),
    ("NaN", "lat,lon\n52,5\nNaN,5\n", ":3: latitude nan"),
    ("latitude 96", "lat,lon\n52,5\n96,5\n", ":3: latitude 96.0"),
    ("swapped axes", "lat,lon\n151.2,-33.9\n151.3,-33.8\n", ":1: most latitudes are beyond 90"),
    ("text for a number", "lat,lon\n52,5\nx,5\n", ":3: latitude and longitude are not both there"),
  ])
  func `bad points are told with their place`(_ what: String, points: String, message: String) throws {
    let locate = ["fences", "locate", "--fences", fixture("depots.geojson")]
    let run = try Command(locate, content: points, named: "points.csv")
    #expect(run.status == 0, "\(what)")
    #expect(run.messages.contains("/points.csv\(message)"), "\(what): \(run.messages)")
    #expect(try Command(locate + ["--strict"], content: points, named: "points.csv").status == 65, "\(what)")
  }

  @Test func `bytes that are not UTF-8 cost the row`() throws {
    var input = Input("invalid UTF-8", Self.rows("?"), says: ":3: the id of the track or vehicle is not", points: 2)
    input.content = Array((Self.header + Self.first).utf8)
    input.content += [0x61, 0xFF] + Array(",2026-03-02T08:00:10Z,52.101,5.1\n".utf8) + Array(Self.last.utf8)
    try expect(input)
  }

  @Test func `gzip that ends in the middle gives what came before`() throws {
    let whole = try gzip("-9", fixture("van-delivery-round.csv"))
    let run = try Command(
      ["replay", "--fences", fixture("depots.geojson"), "--"], content: whole.prefix(whole.count / 2),
      named: "round.csv.gz")
    #expect(run.status == 0)
    #expect(run.messages.contains("/round.csv.gz: the gzip data ends in the middle"))
    #expect(run.text.contains("exit        depot"))
    let strict = try Command(["replay", "--strict"], content: whole.prefix(whole.count / 2), named: "round.csv.gz")
    #expect(strict.status == 65)
  }

  @Test(arguments: ["\r\n", "\n"], ["\u{FEFF}", ""])
  func `line ends of Windows and a byte order mark are no problem`(lineEnd: String, mark: String) throws {
    let text = mark + (Self.header + Self.first + Self.last).split(separator: "\n").joined(separator: lineEnd)
    let run = try Command(["tracks", "summary", "--strict", "-o", "ndjson"], content: text, named: "input.csv")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(run.text.contains("\"points\":2"))
  }

  @Test func `every row of the fixture is told and the rest is read`() throws {
    let run = try Command(["tracks", "summary", "-o", "ndjson", fixture("bad-rows.csv")])
    #expect(run.status == 0)
    for line in [3, 4, 5, 8, 10] { #expect(run.messages.contains("bad-rows.csv:\(line): "), "line \(line)") }
    #expect(run.text.contains("\"LATE\":1") && run.text.contains("\"RANGE\":3"), "\(run.text)")
    #expect(try Command(["tracks", "summary", "--strict", fixture("bad-rows.csv")]).status == 65)
  }

  /// The longest line that is read is far shorter; the rest of such a line is skipped as it comes in.
  @Test func `a line of 300 MB takes no memory and costs only itself`() throws {
    let process = Process()
    let folder = try TemporaryFolder()
    let pipe = Pipe()
    process.executableURL = Command.executable
    process.arguments = ["tracks", "summary", "-o", "ndjson", "-"]
    process.standardInput = pipe
    process.standardOutput = try folder.writing(to: folder.path("output"))
    process.standardError = try folder.writing(to: folder.path("messages"))
    try process.run()
    let writer = pipe.fileHandleForWriting
    try writer.write(contentsOf: Data((Self.header + Self.first).utf8))
    let megabyte = Data(repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<300 { try writer.write(contentsOf: megabyte) }
    try writer.write(contentsOf: Data(("\n" + Self.last).utf8))
    // The process still waits for more, so that its peak can be read.
    let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    try writer.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let peak = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    let kilobytes = try #require(Int(peak.split(separator: " ").dropLast().last ?? ""))
    #expect(kilobytes < 150_000, "\(kilobytes) kB")
    let messages = try String(contentsOfFile: folder.path("messages"), encoding: .utf8)
    #expect(messages.contains("standard input:3: "), "\(messages)")
    #expect(try String(contentsOfFile: folder.path("output"), encoding: .utf8).contains("\"points\":2"))
  }

  private func expect(_ input: Input) throws {
    let run = try Command(["tracks", "summary", "-o", "ndjson"], content: Data(input.content), named: input.name)
    #expect(run.status == input.status)
    #expect(run.messages.contains("/\(input.name)\(input.message)"), "\(run.messages)")
    let points = try run.lines.map { try JSONDecoder().decode(Points.self, from: Data($0.utf8)).points }
    #expect(points.reduce(0, +) == input.points)
    for command in [["tracks", "summary"], ["replay"]] {
      let strict = try Command(command + ["--strict"], content: Data(input.content), named: input.name)
      #expect(strict.status == 65, "\(command)")
      #expect(strict.messages.contains("/\(input.name)\(input.message)"), "\(strict.messages)")
    }
  }

  private struct Points: Decodable { var points: Int }
}
