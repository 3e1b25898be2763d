import Foundation
import FoundationXML
import Testing
import TriplineTesting

@Suite struct BacktestCommandTests {
  private let rules = fixture("van-rules.yaml")
  private let tracks = fixture("van-delivery-round.csv")

  private func changed(_ text: String, _ other: String, in folder: TemporaryFolder) throws -> String {
    let content = try String(contentsOfFile: rules, encoding: .utf8)
      .replacing("[depots.geojson]", with: "['\(fixture("depots.geojson"))']")
    let path = folder.path("changed.yaml")
    try #require(content.contains(text))
    try content.replacing(text, with: other).write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func `alerts are told with their reasons, muted ones too, and what there is to go by`() throws {
    let table = try Command(["backtest", "--rules", rules, tracks])
    #expect(table.status == 0 && table.messages.contains("8 alerts, 4 of them muted"), "\(table.messages)")
    #expect(table.messages.contains("349 fixes read, 349 of them used") && table.messages.contains("1 vehicle with"))
    #expect(table.lines.first?.hasSuffix("WHY") == true && table.text.contains(" +01:00 "), "\(table.text)")
    #expect(table.text.contains("van-1 has come to Bakery, a box") && table.text.contains("muted by work"))
    let records = try Command(["backtest", "--rules", rules, tracks, "-o", "ndjson", "--jobs", "1"])
    let objects = try records.lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    #expect(objects.count == 8 && Set(objects.compactMap { $0["id"] as? String }).count == 8)
    #expect(objects.allSatisfy { ($0["labels"] as? [String: String])?["vehicle"] == "van-1" })
  }

  @Test func `what would be otherwise is told, and can be a reason to fail`() throws {
    let folder = try TemporaryFolder()
    let same = try Command(["backtest", "--rules", rules, "--baseline", rules, tracks, "--fail-on-diff"])
    #expect(same.status == 0 && same.text.isEmpty && same.messages.contains("0 gained, 0 lost, 0 changed"))
    let longer = try changed("longer_than: 10m", "longer_than: 5m", in: folder)
    let other = try Command(["backtest", "--rules", longer, "--baseline", rules, tracks, "--fail-on-diff"])
    #expect(other.status == 1 && other.lines.count > 1 && other.lines[0].hasPrefix("CHANGE"))
    #expect(other.lines.dropFirst().allSatisfy { $0.hasPrefix("gained") })
    #expect(other.text.contains("LongDwell"))
    let loud = try changed("    mute: [work]\n", "", in: folder)
    let told = try Command(["backtest", "--rules", loud, "--baseline", rules, tracks])
    #expect(told.lines.count == 5)
    #expect(told.lines.dropFirst().allSatisfy { $0.hasPrefix("changed") && $0.contains("was muted by work") })
    let none = try Command(["backtest", "--rules", rules, tracks, "--from", "2030-01-01"])
    #expect(none.text.isEmpty && none.messages.contains("0 vehicles"), "\(none.messages)")
  }

  @Test func `a mistake in the rules is told with file, line and column, and nothing is run`() throws {
    let folder = try TemporaryFolder()
    let wrong = try changed("keep_firing_for: 5m", "keep_firing_for: 5", in: folder)
    for arguments in [["rules", "check", wrong], ["backtest", "--rules", wrong, tracks]] {
      let command = try Command(arguments)
      #expect(command.status == 78 && command.text.isEmpty, "\(arguments)")
      #expect(
        command.messages.contains("changed.yaml:25:22: keep_firing_for has to be a length of time"),
        "\(command.messages)")
    }
    #expect(try Command(["rules", "check", folder.path("none.yaml")]).status == 66)
    let missing = try changed("when: {enter: {}}", "when: {enter: {fence: {id: nowhere}}}", in: folder)
    let check = try Command(["rules", "check", missing])
    #expect(check.status == 1 && check.messages.contains("AtDepot: no fence has the id nowhere"))
    let reversed = try Command(["backtest", "--rules", rules, "--from", "2026-10-02", "--to", "2026-10-01", tracks])
    #expect(reversed.status == 64 && reversed.messages.contains("--to has to be behind --from"), "\(reversed.messages)")
    #expect(try Command(["rules", "check", rules]).lines == ["AtDepot", "LongDwell", "LeftDepot"])
  }

  @Test func `rules are tested with tracks, and what fails is told with its line`() throws {
    let folder = try TemporaryFolder()
    let tests = fixture("van-rules.test.yaml")
    let good = try Command(["test", tests, "--junit", folder.path("good.xml")])
    #expect(good.status == 0 && good.lines.count == 2 && good.messages.contains("2 tests, 0 failed"), "\(good.text)")
    let text = try String(contentsOfFile: tests, encoding: .utf8)
      .replacing("van-rules.yaml\n", with: "'\(rules)'\n").replacing("track: van", with: "track: '\(tracks)' #")
      .replacing("fence: school}", with: "fence: nowhere & <else>}")
    let path = folder.path("bad.test.yaml")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let bad = try Command(["test", path, "--junit", folder.path("bad.xml")])
    #expect(bad.status == 1 && bad.lines.first?.hasPrefix("FAILED") == true, "\(bad.text)\(bad.messages)")
    #expect(bad.text.contains("bad.test.yaml:5: missing: AtDepot at nowhere"))
    let report = try String(contentsOfFile: folder.path("bad.xml"), encoding: .utf8)
    #expect(report.contains(#"failures="1""#) && report.contains("nowhere &amp; &lt;else&gt;"))
    let parser = XMLParser(data: Data(report.utf8))
    #expect(parser.parse())
    #expect(try Command(["test", folder.path("none.test.yaml")]).status == 66)
  }

  @Test func `a schedule is explained at a moment`() throws {
    let work = ["schedule", "explain", "work", "--rules", rules, "--at"]
    let inside = try Command(work + ["2026-03-27T09:00:00Z"])
    #expect(
      inside.status == 0
        && inside.lines == ["Fri 2026-03-27 10:00 +01:00: in work", "Fri 2026-03-27 18:30 +01:00: out of work"])
    // The weekend on which summer time begins.
    let outside = try Command(work + ["2026-03-28T09:00:00Z"])
    #expect(outside.status == 1 && outside.lines.last == "Mon 2026-03-30 06:00 +02:00: in work")
    #expect(try Command(["schedule", "explain", "play", "--rules", rules]).status == 66)
  }

  @Test func `a page is written, and not over what is read`() throws {
    let page = try Command(["backtest", "--rules", rules, tracks, "-o", "html"])
    #expect(page.status == 0 && page.text.hasPrefix("<!DOCTYPE html>") && page.output.count < 1_000_000)
    #expect(page.text.contains("muted by work"))
    let over = try Command(["backtest", "--rules", rules, tracks, "-o", "html", "-O", rules])
    #expect(over.status == 64 && over.messages.contains("written over"))
  }

  @Test func `the fences of a file are a set, by the name of the file`() throws {
    let folder = try TemporaryFolder()
    let all = try changed("when: {enter: {}}", "when: {enter: {fence: {set: depots}}}", in: folder)
    let found = try Command(["backtest", "--rules", all, tracks])
    #expect(found.status == 0 && found.messages.contains("8 alerts"), "\(found.messages)")
    let none = try changed("when: {enter: {}}", "when: {enter: {fence: {set: depot}}}", in: folder)
    #expect(try Command(["rules", "check", none]).messages.contains("set depot: no file of fence_files has that name"))
    let lines = try Command(["backtest", "--rules", none, tracks]).lines
    #expect(lines.count > 1 && !lines.contains { $0.contains("AtDepot") }, "\(lines)")
    let both = try changed("when: {enter: {}}", "when: {enter: {fence: {tag: depot, set: depots}}}", in: folder)
    #expect(try Command(["rules", "check", both]).messages.contains("fence has to be {id: …}, {tag: …} or {set: …}"))
  }
}
