import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

/// How often a dispatcher is told something that is none, on recorded phones and buses: without conditions, and with those that rules
/// have unless told otherwise. `Scripts/bench hygiene` prints the table.
@Suite(.enabled(if: SharedData.isPresent)) struct HygieneTests {
  /// Recorded tracks and fences, with how many flaps a true visit there may be: at least without conditions, or the tracks are not
  /// noisy, and at most with the defaults.
  private static let sets = [
    (tracks: "phone_sfbay_mobilitynet", fences: "bayarea_cities", least: 0.15, most: 0.02),
    (tracks: "phone_sfbay_mobilitynet", fences: "sf_neighborhoods", least: 0.40, most: 0.06),
    (tracks: "bus_dc_wmata_sparse", fences: "dc_neighborhoods", least: 0.25, most: 0.12),
  ]

  @Test func `the defaults leave few flaps and miss no visit more`() throws {
    var recorded: [String: RecordedTracks] = [:]
    print("| tracks, fences | conditions | visits | entries | of passes | again | elsewhere | flaps a visit | missed |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for set in Self.sets {
      let tracks = try recorded[set.tracks] ?? RecordedTracks(set.tracks)
      recorded[set.tracks] = tracks
      let (without, defaults) = try counts(tracks.fixes, fences(set.fences))
      for (name, count) in [("none", without), ("defaults", defaults)] {
        print(
          "| \(set.tracks), \(set.fences) | \(name) | \(count.visits) | \(count.entries) | \(count.passes)",
          "| \(count.again) | \(count.elsewhere) | \(rounded(count.flapsPerVisit)) | \(count.missed) |")
      }
      #expect(without.visits >= 50, "\(set.tracks), \(set.fences)")
      #expect(without.flapsPerVisit >= set.least, "\(set.tracks), \(set.fences)")
      #expect(defaults.flapsPerVisit <= set.most, "\(set.tracks), \(set.fences)")
      #expect(defaults.missed <= without.missed, "\(set.tracks), \(set.fences)")
    }
  }

  @Test func `what is told twice, or not at all, counts`() throws {
    let fixes = try RecordedTracks("bus_dc_wmata_sparse").fixes
    let fences = try fences("dc_neighborhoods")
    let truth = TrueStays(of: fixes, in: fences)
    let events = run(fixes, fences, [FenceRule(id: "steady", conditions: .steady)])
    let once = FlapCount(of: events, rule: 0, against: truth)
    let twice = FlapCount(of: events + events, rule: 0, against: truth)
    #expect(twice.entries == 2 * once.entries)
    #expect(twice.flaps == once.flaps + once.entries)
    #expect(twice.missed == once.missed)
    let nothing = FlapCount(of: [], rule: 0, against: truth)
    #expect(nothing.flaps == 0 && nothing.missed == truth.visits)
  }

  private func fences(_ name: String) throws -> FenceSet {
    let input = try InputFile(path: SharedData.path("fences/\(name).geojson.gz"))
    var problems: [FenceError] = []
    return FenceSet(try FenceReader(idProperty: "name").read(input).fences, problems: &problems)
  }

  private func counts(_ fixes: [Fix], _ fences: FenceSet) -> (without: FlapCount, defaults: FlapCount) {
    let events = run(fixes, fences, [FenceRule(id: "none"), FenceRule(id: "steady", conditions: .steady)])
    let truth = TrueStays(of: fixes, in: fences)
    return (
      FlapCount(of: events, rule: 0, against: truth), FlapCount(of: events, rule: 1, against: truth)
    )
  }

  private func run(_ fixes: [Fix], _ fences: FenceSet, _ rules: [FenceRule]) -> [Event] {
    var configuration = Engine.Configuration()
    configuration.rules = rules
    var engine = Engine(fences: fences, configuration: configuration)
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    return events.events
  }

  private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
