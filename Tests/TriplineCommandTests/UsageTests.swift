import Foundation
import Testing
import TriplineFormats

@testable import tripline

/// Help, exit statuses, and what goes to which stream.
@Suite struct UsageTests {
  @Test(arguments: [
    [], ["replay"], ["tracks"], ["tracks", "summary"], ["fences"], ["fences", "locate"], ["fences", "lint"],
    ["fences", "stats"], ["score"], ["score", "trips"], ["tracks", "export"], ["bench"],
    ["bench", "run"], ["receivers", "test"], ["routes", "test"], ["status"], ["explain"], ["silence", "add"],
    ["rules", "check"],
  ])
  func `help of every command has two examples`(command: [String]) throws {
    let run = try Command(command + ["--help"])
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let examples = run.lines.drop { !$0.hasPrefix("Examples:") }.dropFirst().prefix { !$0.hasPrefix("USAGE:") }
    #expect(examples.count { $0.contains("tripline ") } >= 2, "\(run.text)")
  }

  /// The examples as they stand, with files of the fixtures for those they name.
  @Test(arguments: [
    ["replay"], ["tracks"], ["tracks", "summary"], ["fences"], ["fences", "locate"], ["fences", "lint"],
    ["fences", "stats"], ["score"], ["score", "trips"], ["tracks", "export"], ["bench"],
    ["bench", "run"],
  ])
  func `the examples of the help work`(command: [String]) throws {
    let help = try Command(command + ["--help"])
    let examples = help.lines.drop { !$0.hasPrefix("Examples:") }.dropFirst().prefix { !$0.hasPrefix("USAGE:") }
    let folder = try TemporaryFolder()
    let points = folder.path("points.csv")
    try Data("lat,lon\n52.1,5.1\n".utf8).write(to: URL(fileURLWithPath: points))
    let norms = folder.path("norms.json")
    let measured = #"{"slow_mps2":0.3,"medium_mps2":0.2,"fast_mps2":0.1,"best":0.9,"worst":3}"#
    try Data(measured.utf8).write(to: URL(fileURLWithPath: norms))
    var tried = 0
    for example in examples where example.contains("tripline ") {
      // A pipe's last command, without what the shell does with its output.
      let line = (example.split(separator: "|").last ?? example).split(separator: ">")[0]
      let isPiped = example.contains("|")
      let words = line.split(separator: " ").dropFirst().map { word -> String in
        if word.contains("points.csv") { return points }
        if word == "norms.json" { return norms }
        if word.hasSuffix(".geojson") || word.hasSuffix(".geojson.gz") { return fixture("depots.geojson") }
        if word.hasSuffix(".csv.gz") { return fixture("van-delivery-round.csv") }
        return word.hasSuffix(".gpx") ? fixture("drive.gpx") : String(word)
      }
      let input = command.last == "locate" || command == ["fences"] ? points : fixture("feed.ndjson")
      let run = try Command(words, input: isPiped ? input : "/dev/null")
      // Lint answers 1 where it has found something.
      #expect(run.status == 0 || (words.contains("lint") && run.status == 1), "\(example): \(run.messages)")
      tried += 1
    }
    #expect(tried >= 2)
  }

  @Test func `standard input holds fences as well as tracks, but one of them`() throws {
    let fences = fixture("depots.geojson")
    let piped = try Command(["replay", fixture("van-delivery-round.csv"), "--fences", "-"], input: fences)
    let named = try Command(["replay", fixture("van-delivery-round.csv"), "--fences", fences])
    #expect(piped.status == 0 && piped.text == named.text && piped.text.contains("visits"))
    #expect(try Command(["fences", "lint", "-"], input: fences).status == 0)
    let both = try Command(["replay", "-", "--fences", "-"], input: fences)
    #expect(both.status == 64)
    #expect(both.messages.contains("standard input can be read once"), "\(both.messages)")
  }

  @Test func `progress is a bar by what has been read of all inputs`() {
    let half = ProgressLine.text(
      Replay.Progress(fixes: 3_000_000, input: 1, portion: 0.5), inputs: 1, seconds: 2)
    #expect(half == "[############............] input 1 of 1, 3000000 fixes, 1.50 M/s, 2 s left")
    let later = ProgressLine.text(Replay.Progress(fixes: 10, input: 3, portion: nil), inputs: 4, seconds: 1)
    #expect(later.hasPrefix("[############............] input 3 of 4, 10 fixes"))
    // What an earlier run has done counts for neither the rate nor the time.
    let resumed = ProgressLine.text(
      Replay.Progress(fixes: 3_000_000, input: 1, portion: 0.5), inputs: 1, seconds: 200, since: (0.25, 2_000_000))
    #expect(resumed.hasSuffix("3000000 fixes, 0.01 M/s, 6 min 40 s left"), "\(resumed)")
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
    ["replay", "--enter-fixes", "3/2", "x.csv"], ["replay", "--exit-margin", "-1", "x.csv"],
    ["replay", "--policy", "sampled", "--steady", "x.csv"], ["fences", "stats", "x.csv"],
    ["replay", "--no-trips", "--routes", "x.csv"], ["replay", "--policy", "clean", "--reorder-window", "5", "x.csv"],
    ["replay", "--inference-gap", "3601", "x.csv"], ["replay", "--inference-speed", "0", "x.csv"],
    ["replay", "--missing-altitude", "0", "x.csv"], ["replay", "--direction", "forward", "x.csv"],
    ["fences", "stats", "x.csv", "--fences", "f.geojson", "--timezone", "Mars/Base"],
    ["fences", "stats", "x.csv", "--figure", "p95", "--fences", "f.geojson"],
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
