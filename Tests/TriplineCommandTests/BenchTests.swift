import Foundation
import Testing

/// `tripline bench`: what it counts, and how it compares; never how long anything takes.
@Suite struct BenchTests {
  private static let track = fixture("van-delivery-round.csv")

  private func result(_ arguments: [String]) throws -> (data: Data, parts: [[String: Any]]) {
    let run = try Command(["bench"] + arguments + ["--repeat", "2", "-o", "json"])
    #expect(run.status == 0, "\(run.messages)")
    let document = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    return (run.output, try #require(document["parts"] as? [[String: Any]]))
  }

  @Test func `each part has the fixes and events that the engine has`() throws {
    let parts = try result([Self.track, "--fences", fixture("depots.geojson")]).parts
    #expect(parts.map { $0["name"] as? String } == ["decode", "trips", "trips, fences", "trips, fences, scores"])
    let fixes = try Command(["tracks", "export", Self.track, "-o", "csv"]).lines.count - 1
    #expect(parts.allSatisfy { $0["fixes"] as? Int == fixes })
    let replay = try Command(["replay", Self.track, "--fences", fixture("depots.geojson"), "-o", "ndjson"])
    #expect(parts[2]["events"] as? Int == replay.lines.count && replay.lines.count > 5)
    #expect(parts.allSatisfy { ($0["shortest_ns"] as? Double ?? 0) > 0 })
    #expect(parts.allSatisfy { ($0["shortest_ns"] as? Double ?? 1) <= ($0["median_ns"] as? Double ?? 0) })
  }

  @Test func `a folder is all files in it`() throws {
    let folder = try TemporaryFolder()
    let csv = try Data(contentsOf: URL(fileURLWithPath: Self.track))
    try FileManager.default.createDirectory(atPath: folder.path("tracks"), withIntermediateDirectories: true)
    for name in ["a.csv", "b.csv"] { try csv.write(to: URL(fileURLWithPath: folder.path("tracks/" + name))) }
    let one = try result([Self.track]).parts
    let two = try result([folder.path("tracks")]).parts
    #expect((two[0]["fixes"] as? Int ?? 0) == 2 * (one[0]["fixes"] as? Int ?? -1))
  }

  @Test func `two results are put side by side, and have to have done the same`() throws {
    let folder = try TemporaryFolder()
    let (plain, fenced) = (folder.path("a.json"), folder.path("b.json"))
    try result([Self.track]).data.write(to: URL(fileURLWithPath: plain))
    try result([Self.track, "--fences", fixture("depots.geojson")]).data.write(to: URL(fileURLWithPath: fenced))
    let same = try Command(["bench", "compare", plain, plain])
    #expect(same.status == 0 && same.text.contains("1.00") && same.lines.count == 4)
    let other = try Command(["bench", "compare", plain, fenced])
    #expect(other.status == 1 && other.text.contains("not in the first one"))
    let missing = try Command(["bench", "compare", plain, folder.path("none.json")])
    #expect(missing.status == 66)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: fenced))
    let broken = try Command(["bench", "compare", plain, fenced])
    #expect(broken.status == 65 && broken.messages.contains("is no result of tripline bench"))
  }

  @Test func `wrong usage and missing files`() throws {
    #expect(try Command(["bench", Self.track, "--repeat", "0"]).status == 64)
    #expect(try Command(["bench", "/nonexistent.csv"]).status == 66)
  }
}
