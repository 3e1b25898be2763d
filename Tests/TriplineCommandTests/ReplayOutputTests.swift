import Foundation
import Testing

/// What a replay writes depends on the tracks and the fences alone.
@Suite struct ReplayOutputTests {
  private static let fences = ["--fences", fixture("depots.geojson")]

  @Test(arguments: ["table", "ndjson", "csv", "geojson"], ["live", "clean", "sampled"])
  func `the number of engines does not change a byte`(format: String, policy: String) throws {
    let runs = try ["1", "2", "5"].map { jobs in
      try Command(
        ["replay", fixture("van-delivery-round.csv"), fixture("drive.gpx"), fixture("feed.ndjson")] + Self.fences
          + ["-o", format, "--policy", policy, "--jobs", jobs])
    }
    #expect(runs.map(\.status) == [0, 0, 0])
    #expect(!runs[0].output.isEmpty)
    #expect(runs[1].output == runs[0].output)
    #expect(runs[2].output == runs[0].output)
  }

  @Test func `without trips fences tell the same, and clean fixes need no gate`() throws {
    let command = ["replay", fixture("van-delivery-round.csv")] + Self.fences + ["-o", "csv"]
    let live = try Command(command)
    let clean = try Command(command + ["--policy", "clean"])
    #expect(live.status == 0 && clean.output == live.output)
    let alone = try Command(command + ["--no-trips"])
    func fenceEvents(_ run: Command) -> [Substring] {
      run.lines.filter { line in ["start", "enter", "exit", "cross", "end"].contains { line.contains(",\($0),") } }
    }
    #expect(alone.status == 0 && !fenceEvents(alone).isEmpty && fenceEvents(alone) == fenceEvents(live))
    #expect(!alone.text.contains("trip") && live.text.contains("trip"))
    let lines = try Command(Array(command.dropLast()) + ["ndjson", "--no-trips"]).lines
    let visit = try #require(lines.first { $0.contains("\"visit\"") })
    #expect(visit.contains("duration") && !visit.contains("stationary") && !visit.contains("pass_through"))
    let table = try Command(Array(command.dropLast(2)) + ["--no-trips"])
    #expect(table.text.contains("visits, fence events") && !table.text.contains("trips over"))
  }

  @Test func `a fence is there until it expires`() throws {
    let folder = try TemporaryFolder()
    let fences = try String(contentsOfFile: fixture("depots.geojson"), encoding: .utf8)
    // The van is at the bakery from 8:01:13 to 8:07:50.
    let name = #""name":"Bakery, a box""#
    #expect(fences.contains(name))
    let file = folder.path("depots.geojson")
    try fences.replacing(name, with: name + #","expires":"2026-03-02T08:05:01Z""#)
      .write(toFile: file, atomically: true, encoding: .utf8)
    let run = try Command(["replay", fixture("van-delivery-round.csv"), "--fences", file, "-o", "ndjson"])
    #expect(run.status == 0 && run.messages.isEmpty)
    let exits = run.lines.filter { $0.contains(#""bakery""#) && $0.contains(#""exit""#) }
    #expect(exits.count == 1 && exits.first?.contains("fence_expired") == true)
    #expect(exits.first?.contains(#""2026-03-02T08:05:01.000Z""#) == true, "\(exits)")
  }

  @Test(arguments: ["van-delivery-round.csv", "drive.gpx", "feed.ndjson"])
  func `standard input and gzip give what the file gives`(name: String) throws {
    let options = Self.fences + ["-o", "csv"]
    let plain = try Command(["replay", fixture(name)] + options)
    #expect(plain.status == 0 && plain.lines.count > 1)

    let folder = try TemporaryFolder()
    let packed = folder.path("\(name).gz")
    try gzip("-9", fixture(name)).write(to: URL(fileURLWithPath: packed))
    #expect(try Command(["replay", packed] + options).output == plain.output)
    let piped = try Command(["replay", "-"] + options, input: fixture(name))
    // GPX names no vehicle, so that the file's name stands for it.
    if name != "drive.gpx" { #expect(piped.output == plain.output) }
    #expect(piped.lines.count == plain.lines.count)
    #expect(try Command(["replay", "-"] + options, input: packed).output == piped.output)
  }

  @Test func `the van's round has its four trips, five stops and one crossing`() throws {
    let run = try Command(["replay", fixture("van-delivery-round.csv")] + Self.fences)
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(run.text.hasPrefix("TIME "))
    #expect(run.text.contains("349 fixes, 349 accepted"))
    #expect(run.text.contains("4 trips over 13.6 km, 5 stops"))
    #expect(run.text.contains("6 visits, fence events: 1 start, 4 enter, 4 exit, 1 cross, 1 end"))
    #expect(run.lines.contains { $0.contains("cross") && $0.contains("toll-line") })
  }

  @Test func `a rule is told beside the fence events where conditions are asked for`() throws {
    let replay = ["replay", fixture("van-delivery-round.csv"), "--fences", fixture("depots.geojson")]
    let plain = try Command(replay + ["-o", "ndjson"])
    #expect(!plain.text.contains("\"type\":\"rule\""))
    let steady = try Command(replay + ["--steady", "--dwell", "60", "-o", "ndjson"])
    let told = steady.lines.filter { $0.contains("\"type\":\"rule\"") }
    #expect(steady.lines.filter { !told.contains($0) } == plain.lines)
    #expect(told.contains { $0.contains("\"event\":\"enter\"") && $0.contains("\"fixes_for\":2") }, "\(told)")
    #expect(told.contains { $0.contains("\"event\":\"dwell\"") && $0.contains("\"rule\":\"default\"") }, "\(told)")
    let table = try Command(replay + ["--steady"])
    #expect(table.text.contains(" by rule default, after ") && table.text.contains("told by rules: "), "\(table.text)")
  }
}
