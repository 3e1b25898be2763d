import Foundation
import Testing
import TriplineTesting

/// Rows that come after everything else, as of a device that was out of reach, and what they make of what was told.
@Suite struct RevisionCommandTests {
  /// A file with a stretch of its first track at the end: rows from `start` to `end` of the track, as shares.
  private func uploadedLate(_ text: String, from start: Double, to end: Double) -> String {
    var rows = text.split(separator: "\n")
    let header = rows.removeFirst()
    let track = rows[0].prefix { $0 != "," }
    let own = rows.filter { $0.prefix { $0 != "," } == track }
    let late = own[Int(start * Double(own.count))..<Int(end * Double(own.count))]
    let moved = Set(late)
    return ([header] + rows.filter { !moved.contains($0) } + late).joined(separator: "\n") + "\n"
  }

  /// Events as they stand in the end: without what was retracted or replaced, with what came instead. Rows have other numbers in a
  /// file in another order.
  private func standing(_ lines: [Substring]) throws -> [String: Int] {
    var events: [String: Int] = [:]
    for line in lines {
      var keys = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let revision = keys.removeValue(forKey: "revision") as? String
      for key in ["row", "last_row"] { keys[key] = nil }
      let text = String(decoding: try JSONSerialization.data(withJSONObject: keys, options: .sortedKeys), as: UTF8.self)
      let isTaken = revision == "retracted" || revision == "replaced"
      if isTaken { #expect(events[text, default: 0] > 0, "\(line) takes back what was never told") }
      events[text, default: 0] += isTaken ? -1 : 1
    }
    return events.filter { $0.value != 0 }
  }

  private func check(_ text: String, fences: [String], from start: Double, to end: Double) throws {
    let folder = try TemporaryFolder()
    let (whole, late) = (folder.path("tracks.csv"), folder.path("late/tracks.csv"))
    try FileManager.default.createDirectory(atPath: folder.path("late"), withIntermediateDirectories: true)
    try text.write(toFile: whole, atomically: true, encoding: .utf8)
    try uploadedLate(text, from: start, to: end).write(toFile: late, atomically: true, encoding: .utf8)
    let options = fences + ["--steady", "--routes", "-o", "ndjson"]
    let expected = try standing(Command(["replay", whole] + options).lines)
    #expect(!expected.isEmpty)
    #expect(try standing(Command(["replay", late] + options).lines) != expected, "what is late has to matter")
    let runs = try ["1", "3"].map { try Command(["replay", late, "--revise", "8784", "--jobs", $0] + options) }
    #expect(runs.map(\.status) == [0, 0] && runs[0].output == runs[1].output)
    #expect(runs[0].text.contains(#""revision":"added""#))
    #expect(try standing(runs[0].lines) == expected)
    // A window that is too short: late as ever.
    let short = try Command(["replay", late, "--revise", "0.01"] + options)
    #expect(short.status == 0 && !short.text.contains(#""revision":"added""#))
  }

  @Test func `a stretch that comes last makes of the day what it would have been`() throws {
    let text = try String(contentsOfFile: fixture("van-delivery-round.csv"), encoding: .utf8)
    try check(text, fences: ["--fences", fixture("depots.geojson")], from: 0.3, to: 0.6)
  }

  @Test(.enabled(if: SharedData.isPresent)) func `a recorded stretch of a truck that comes last is revised`() throws {
    let tracks = try gzip("-d", SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz"))
    // The first two trucks, of 127 and 236 rows.
    let text = String(decoding: tracks, as: UTF8.self).split(separator: "\n").prefix(364).joined(separator: "\n")
    try check(
      text,
      fences: ["--fences", SharedData.path("fences/made_around_jerseycity.geojson.gz")], from: 0.25, to: 0.5)
  }

  @Test func `each format tells of revisions, and none without being asked`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("late.csv")
    try uploadedLate(try String(contentsOfFile: fixture("van-delivery-round.csv"), encoding: .utf8), from: 0.3, to: 0.6)
      .write(toFile: file, atomically: true, encoding: .utf8)
    let command = ["replay", file, "--fences", fixture("depots.geojson")]
    func lines(_ options: String...) throws -> [Substring] {
      let run = try Command(command + options)
      #expect(run.status == 0, "\(run.messages)")
      return run.lines
    }
    let csv = try lines("--revise", "24", "-o", "csv")
    #expect(csv[0].hasSuffix(",revision") && csv.dropFirst().contains { $0.hasSuffix(",added") })
    #expect(Set(csv.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1)
    #expect(try lines("-o", "csv")[0].hasSuffix(",data_quality"))
    #expect(try lines("--revise", "24", "-o", "geojson").contains { $0.contains(#""revision":"added""#) })
    // The counts at the end of the table are those of what has happened after all.
    let table = try lines("--revise", "24")
    let whole = try Command(["replay", fixture("van-delivery-round.csv"), "--fences", fixture("depots.geojson")]).lines
    #expect(table.contains { $0.contains("added: ") } && table.suffix(2) == whole.suffix(2), "\(table.suffix(3))")
    for wrong in [
      ["--revise", "0"], ["--revise", "9000"], ["--revise", "0.005"], ["--revise", "12", "--reorder-window", "86400"],
      ["--revise", "24", "--policy", "clean"],
    ] {
      #expect(try Command(command + wrong).status == 64)
    }
  }
}
