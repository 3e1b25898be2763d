import Foundation
import Testing

/// Help, exit statuses, and what goes to which stream.
@Suite struct UsageTests {
  @Test(arguments: [
    [], ["replay"], ["tracks"], ["tracks", "summary"], ["fences"], ["fences", "locate"], ["fences", "lint"],
  ])
  func `help of every command has two examples`(command: [String]) throws {
    let run = try Command(command + ["--help"])
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let examples = run.lines.drop { !$0.hasPrefix("Examples:") }.dropFirst().prefix { !$0.hasPrefix("USAGE:") }
    #expect(examples.count { $0.contains("tripline ") } >= 2, "\(run.text)")
  }

  @Test func `what was asked goes to standard output, the rest to standard error`() throws {
    let run = try Command(["tracks", "summary", fixture("bad-rows.csv"), "-o", "ndjson"])
    #expect(run.status == 0)
    #expect(run.lines.count == 1 && run.text.hasPrefix("{"))
    #expect(!run.messages.isEmpty && !run.messages.contains("{"))
  }

  @Test(arguments: [
    ["replay", "--nonsense", "x.csv"], ["replay"], ["replay", "--jobs", "0", "x.csv"],
    ["replay", "-o", "xml", "x.csv"], ["fences", "locate", "x.csv"],
  ])
  func `wrong usage is 64`(arguments: [String]) throws {
    let run = try Command(arguments)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.messages.contains("Usage: tripline"), "\(run.messages)")
  }

  @Test(arguments: [["replay"], ["tracks", "summary"], ["fences", "lint"], ["fences", "locate", "--fences"]])
  func `a file that is not there is 66`(command: [String]) throws {
    var arguments = command + ["missing.geojson"]
    if command.last == "--fences" { arguments += ["--", fixture("feed.ndjson")] }
    let run = try Command(arguments)
    #expect(run.status == 66)
    #expect(run.messages.contains("missing.geojson: cannot be opened"), "\(run.messages)")
  }

  @Test func `a missing file does not keep the others from being read`() throws {
    let run = try Command(["tracks", "summary", "missing.csv", fixture("feed.ndjson"), "-o", "ndjson"])
    #expect(run.status == 66)
    #expect(run.lines.count == 2)
  }

  @Test(arguments: [
    ["replay", fixture("feed.ndjson")], ["replay", fixture("feed.ndjson"), "-o", "geojson"],
    ["replay", fixture("feed.ndjson"), "-o", "csv", "--policy", "sampled"],
    ["tracks", "summary", fixture("feed.ndjson")], ["fences", "lint", fixture("drawn-badly.geojson")],
  ])
  func `output that cannot be written is 73`(arguments: [String]) throws {
    let run = try Command(arguments, output: "/dev/full")
    #expect(run.status == 73)
    #expect(run.messages.contains("standard output: cannot be written"), "\(run.messages)")
  }

  @Test func `several inputs are one replay`() throws {
    let run = try Command(["replay", fixture("drive.gpx"), fixture("feed.ndjson")])
    #expect(run.status == 0)
    #expect(run.text.contains("3 tracks, 64 fixes, 64 accepted"))
  }
}
