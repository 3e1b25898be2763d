import Foundation
import TriplineCore
import TriplineFormats

/// Whole recorded tracks at once, against MEOS: when they are inside of a polygon, and where they stop.
enum MeosCase {
  private static let tracks = [
    ("tracks/fleet_jerseycity_trucks_1min.csv.gz", "us_counties"),
    ("tracks/car_us_driveplotr_1hz.csv.gz", "us_counties"),
  ]

  static func run(_ fixtures: Fixtures) throws -> [Row] {
    guard let meos = Meos() else {
      FileHandle.standardError.write(Data("note: MEOS is not there; Scripts/bench fetches it where it can\n".utf8))
      return []
    }
    return try runPeriods(meos, fixtures) + runStops(meos, fixtures)
  }

  // MARK: Periods

  private static func runPeriods(_ meos: borrowing Meos, _ fixtures: Fixtures) throws -> [Row] {
    var rows: [Row] = []
    for (file, fences) in tracks {
      let all = try AscendingTracks.load(file)
      guard let path = TrackFile.shared("fences/\(fences).geojson.gz"), !all.isEmpty else { continue }
      let counties = try FenceSet(try FenceReader().read(InputFile(path: path)).fences)
      // The polygon that most tracks begin in.
      let first = all.compactMap { counties.fences(containing: $0[0].coordinate).first }
      let counts = Dictionary(grouping: first, by: \.self).mapValues(\.count)
      guard let chosen = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key else { continue }
      rows.append(try comparePeriods(meos, all, in: counties.id(of: chosen), of: path, file, fixtures))
    }
    return rows
  }

  private static func comparePeriods(
    _ meos: borrowing Meos, _ tracks: [[Fix]], in id: String, of path: String, _ file: String, _ fixtures: Fixtures
  ) throws -> Row {
    let fences = try FenceReader().read(InputFile(path: path)).fences.filter { $0.id == id }
    guard case .polygons(let polygons) = fences[0].shape, let polygon = polygons.first else { throw Self.noPolygon }
    let set = try FenceSet([Fence(id: id, shape: .polygons([polygon]))])
    let area = try meos.area(polygon)
    // Those that come into it: others are done with as soon as their boxes have been compared.
    let tracks = tracks.filter { !ours($0, set).isEmpty }
    let points = try tracks.map { try meos.point($0) }
    var periodCount = 0
    var largest: Int64 = 0
    for (track, point) in zip(tracks, points) {
      let found = ours(track, set).filter { $0.end > $0.start }
      let expected = meos.take(meos.periods(of: point, in: area)).filter { $0.end > $0.start }
      guard found.count == expected.count else {
        throw BenchmarkError(description: "meos: \(found.count) periods, MEOS has \(expected.count)")
      }
      for (a, b) in zip(found, expected) { largest = max(largest, abs(a.start - b.start), abs(a.end - b.end)) }
      periodCount += found.count
    }
    guard largest <= 1 else { throw BenchmarkError(description: "meos: an instant differs by \(largest) us") }
    let sizes = tracks.map(\.count)
    var (first, second) = (Samples(), Samples())
    for _ in 0..<(fixtures.isQuick ? 2 : 7) {
      // Some thousand fixes at a time.
      var start = 0
      while start < tracks.count {
        var (end, fixes) = (start, 0)
        while end < tracks.count, fixes < 2_000 {
          fixes += sizes[end]
          end += 1
        }
        first.measure(fixes) { for track in start..<end { consume(Double(ours(tracks[track], set).count)) } }
        second.measure(fixes) {
          for track in start..<end { meos.give(back: meos.periods(of: points[track], in: area)) }
        }
        start = end
      }
    }
    points.forEach { meos.give(back: $0) }
    let name = URL(fileURLWithPath: file).lastPathComponent.split(separator: ".")[0]
    return Row(
      name: "meos", workload: "periods in one polygon, \(name)", ours: first.quantiles,
      baselineName: "MEOS tIntersects",
      baseline: second.quantiles, target: .ratio(10),
      note: "\(tracks.count) tracks that come into it, \(periodCount) periods, instants alike to \(largest) us")
  }

  private static let noPolygon = BenchmarkError(description: "meos: not a polygon")

  private static func ours(_ track: [Fix], _ set: FenceSet) -> [FencePeriod] {
    var tracker = FencePeriodTracker(fences: set)
    for fix in track { tracker.move(0, to: fix.coordinate, at: fix.time * 1000) }
    tracker.finish()
    return tracker.periods
  }

  // MARK: Stops

  /// Distance, stops and trips of fixes as they are against finding stops alone, which MEOS does in degrees.
  private static func runStops(_ meos: borrowing Meos, _ fixtures: Fixtures) throws -> [Row] {
    guard let longest = try AscendingTracks.load("tracks/car_us_driveplotr_1hz.csv.gz").max(by: { $0.count < $1.count })
    else {
      return []
    }
    var rows: [Row] = []
    for count in [500, 2_000, longest.count] where count <= longest.count {
      let track = Array(longest.prefix(count))
      let point = try meos.point(track)
      var (clean, live, theirs, scan) = (Samples(), Samples(), Samples(), Samples())
      for _ in 0..<(fixtures.isQuick ? 1 : 3) {
        for _ in 0..<20 {
          clean.measure(count) { findStops(track, .clean) }
          live.measure(count) { findStops(track, .live) }
          scan.measure(count) { consume(Double(linearStops(track))) }
        }
        theirs.measure(count) { consume(Double(meos.stopCount(of: point, within: 0.0005, seconds: 300))) }
      }
      meos.give(back: point)
      rows += [
        Row(
          name: "meos", workload: "stops of \(count) fixes", ours: clean.quantiles, baselineName: "MEOS stops()",
          baseline: theirs.quantiles, target: count == longest.count ? .ratio(1_000) : nil,
          note: "distance, stops and trips of fixes as they are; MEOS finds stops alone, of another definition"),
        Row(
          name: "meos", workload: "stops of \(count) fixes, behind the gate", ours: live.quantiles,
          baselineName: "MEOS stops()", baseline: theirs.quantiles),
        Row(
          name: "meos", workload: "stops of \(count) fixes", ours: clean.quantiles, baselineName: "linear single pass",
          baseline: scan.quantiles, note: "an anchor that moves on when a fix is 50 m from it: nothing else"),
      ]
    }
    return rows
  }

  private static func findStops(_ track: [Fix], _ policy: Engine.Policy) {
    var configuration = Engine.Configuration()
    configuration.policy = policy
    var engine = Engine(fences: noFences, configuration: configuration)
    var events = EventBuffer()
    engine.process(track.span, into: &events)
    engine.finish(into: &events)
    consume(Double(events.events.count))
  }

  private static let noFences: FenceSet = {
    do { return try FenceSet([]) } catch { preconditionFailure("a set without fences has no mistakes") }
  }()

  /// The least that finds stops at all.
  private static func linearStops(_ track: [Fix]) -> Int {
    var (stops, anchor) = (0, track[0])
    for fix in track {
      let east = (fix.longitude - anchor.longitude) * 111_320 * cos(anchor.latitude * .pi / 180)
      let north = (fix.latitude - anchor.latitude) * 111_320
      if east * east + north * north <= 2_500 { continue }
      if fix.time - anchor.time >= 300_000 { stops += 1 }
      anchor = fix
    }
    return stops
  }
}
