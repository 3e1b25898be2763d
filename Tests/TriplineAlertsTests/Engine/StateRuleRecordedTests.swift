import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

/// Recorded garbage trucks, all of them as they drove at the same time, among the counties they work in.
@Suite struct StateRuleRecordedTests {
  private struct Fleet {
    var fixes: [Fix]
    var ids: [String]
    var fences: FenceSet
    var input: InputFile
  }

  private static func fleet() throws -> Fleet {
    let input = InputFile(path: try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz"))
    let fences = try FenceReader().read(InputFile(path: try SharedData.path("fences/us_counties.geojson.gz"))).fences
    var problems: [FenceError] = []
    var (fixes, ids): ([Fix], [String]) = ([], [])
    for track in RecordedInputs([input]).tracks {
      for var fix in track.fixes {
        fix.vehicle = UInt32(ids.count)
        fixes.append(fix)
      }
      ids.append(track.track.vehicleID)
    }
    return Fleet(
      fixes: fixes.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element),
      ids: ids, fences: FenceSet(fences, problems: &problems), input: input)
  }

  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"), arguments: [1, 50])
  func `trucks inside, outside and silent are told live as in a backtest, while time goes on`(size: Int) async throws {
    let fleet = try Self.fleet()
    let home = try await Backtest(
      try rules("  - {alert: In, when: {inside: {}}}\n"), fences: fleet.fences, jobs: 2
    ).run([fleet.input]).alerts
    // The county that most begin in.
    let counts = Dictionary(grouping: home.compactMap(\.fenceID)) { $0 }.mapValues(\.count)
    let county = try #require(counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key)
    let rules = try rules(
      """
        - {alert: Through, when: {cross: {}}}
        - {alert: In, when: {inside: {}}}
        - {alert: Out, when: {outside: {fence: {id: '\(county)'}}}}
        - {alert: Quiet, when: {silent: {longer_than: 30m}}, keep_firing_for: 10m}
      """)
    let backtest = try await Backtest(rules, fences: fleet.fences, jobs: 2).run([fleet.input]).alerts
    let engine = AlertEngine(RuleBook(rules), fences: fleet.fences)
    for (index, id) in fleet.ids.enumerated() { engine.setVehicle(UInt32(index), id: id, name: id) }
    var told: [String: String] = [:]
    for start in stride(from: 0, to: fleet.fixes.count, by: size) {
      let batch = Array(fleet.fixes[start..<min(fleet.fixes.count, start + size)])
      // All that is older has come.
      let changes = engine.advance(to: batch[0].time + 60_000).changes + engine.process(batch).changes
      for case .fired(let alert) in changes {
        #expect(told.updateValue(alert.rule, forKey: alert.id) == nil, "\(alert.id) has been told before")
      }
    }
    for rule in ["In", "Out", "Quiet"] { #expect(told.values.contains(rule), "nothing of \(rule)") }
    // A truck that has sent nothing more while others did is silent: of its track there is no gap that says so.
    let known = Set(backtest.map(\.id))
    let others = engine.standing.filter { !known.contains($0.id) }
    #expect(others.allSatisfy { $0.rule == "Quiet" } && Set(others.map(\.vehicleID)).count == others.count)
    #expect(Set(told.keys).subtracting(others.map(\.id)).isSubset(of: known))
    // What a backtest knows besides is what the ends of its tracks bring about.
    let ends = Dictionary(fleet.fixes.map { (fleet.ids[Int($0.vehicle)], $0.time) }) { max($0, $1) }
    let missing = backtest.filter { told[$0.id] == nil }
    #expect(missing.allSatisfy { $0.decidedAt >= ends[$0.vehicleID] ?? 0 })
  }
}
