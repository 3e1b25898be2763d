import Foundation
import TriplineCore
import TriplineFormats

/// The parts of trip analytics against libraries that have them, on the same recorded tracks in memory, on one core.
///
/// Each does what it does: definitions differ, and beside each time stands what was found.
enum PeerCase {
  private static let file = "tracks/car_us_driveplotr_1hz.csv.gz"
  /// Metres of a ten-thousandth of a degree, in which others simplify.
  private static let tolerance = 11.1

  static func run(_ fixtures: Fixtures) throws -> [Row] {
    let tracks = try AscendingTracks.load(file)
    guard !tracks.isEmpty else { return [] }
    let count = tracks.reduce(0) { $0 + $1.count }
    var peers: [String: [(name: String, measured: PythonPeer.Measurement)]] = [:]
    for peer in PythonPeer.all {
      for measured in try peer.measure(tracks, parked: false) {
        peers[measured.operation, default: []].append((peer.name, measured))
      }
    }
    let meos = Meos()
    if meos == nil { FileHandle.standardError.write(Data("note: MEOS is not there; its rows are left out\n".utf8)) }
    var rows: [Row] = []
    for operation in operations {
      let ours = measure(count, 20) { operation.ours(tracks) }
      if let rate = operation.rate {
        rows.append(Row(name: "peers", workload: operation.name, ours: ours.time, target: .rate(rate)))
      }
      if let theirs = try meosTime(meos, operation, tracks, count) {
        rows.append(
          row(operation.name, ours, "MEOS 1.3.1", theirs.time, theirs.found, operation.targets["MEOS"]))
      }
      for (name, measured) in peers[operation.name] ?? [] {
        let target = operation.targets[String(name.prefix { $0 != " " })]
        rows.append(row(operation.name, ours, name, measured.quantiles, measured.found, target))
      }
    }
    return rows + (try parked(meos, fixtures))
  }

  private struct Operation {
    let name: String
    /// Fixes a second that are the goal.
    var rate: Double?
    /// How many times as fast as each peer.
    var targets: [String: Double] = [:]
    /// Returns something that was found in all tracks.
    let ours: ([[Fix]]) -> Double
    var meos: ((borrowing Meos, Meos.Object) -> Double)?
    var isOnSphere = true
  }

  private static func sum(_ work: @escaping ([Fix]) -> Double) -> ([[Fix]]) -> Double {
    { tracks in tracks.reduce(0) { $0 + work($1) } }
  }

  private static var operations: [Operation] {
    [
      Operation(
        name: "length", targets: ["MEOS": 10, "MovingPandas": 1_000],
        ours: sum { fixes in
          zip(fixes, fixes.dropFirst()).reduce(0) { $0 + Geodesic.step(from: $1.0.coordinate, to: $1.1.coordinate) }
        }, meos: { $0.length(of: $1) }),
      Operation(
        name: "speed", targets: ["MEOS": 10],
        ours: sum { fixes in
          var speeds: [Double] = []
          speeds.reserveCapacity(fixes.count)
          for (before, after) in zip(fixes, fixes.dropFirst()) {
            let length = Geodesic.step(from: before.coordinate, to: after.coordinate)
            speeds.append(length * 1000 / Double(after.time - before.time))
          }
          return Double(speeds.count)
        }, meos: { $0.speedCount(of: $1) }),
      Operation(
        name: "stops", targets: ["MEOS": 300, "MovingPandas": 1_000, "scikit-mobility": 100, "infostop": 5],
        ours: stops, meos: { Double($0.stopCount(of: $1, within: 100, seconds: 300)) }),
      Operation(
        name: "outliers", targets: ["scikit-mobility": 100],
        ours: sum { Double($0.count - OutlierFilter().findings(in: $0.span).count) }),
      Operation(
        name: "simplify", targets: ["MEOS": 1],
        ours: sum { Double(TrackSimplifier.keptIndices(of: $0.span, tolerance: tolerance, by: .line).count) },
        meos: { Double($0.simplifiedCount(of: $1, tolerance: 1e-4, byTime: false)) }, isOnSphere: false),
      Operation(
        name: "simplify by time", targets: ["MEOS": 5],
        ours: sum { Double(TrackSimplifier.keptIndices(of: $0.span, tolerance: tolerance, by: .time).count) },
        meos: { Double($0.simplifiedCount(of: $1, tolerance: 1e-4, byTime: true)) }, isOnSphere: false),
      Operation(
        name: "smooth there and back", rate: 1e6, ours: sum { Double(TrackSmoother().smoothed($0.span).count) }),
    ]
  }

  /// Distance, stops and trips of one engine for all tracks, of fixes as they are, as the others take them: stops are not had without
  /// trips.
  private static func stops(_ tracks: [[Fix]]) -> Double {
    var problems: [FenceError] = []
    var configuration = Engine.Configuration()
    configuration.policy = .clean
    var engine = Engine(fences: FenceSet([], problems: &problems), configuration: configuration)
    var events = EventBuffer()
    for (index, fixes) in tracks.enumerated() {
      engine.process(fixes.span, into: &events)
      engine.finish(UInt32(index), into: &events)
    }
    let found = events.events.count {
      if case .stop(let step) = $0 { step.phase == .ended && step.stop.kind != .pause } else { false }
    }
    return Double(found)
  }

  // MARK: A vehicle that is parked

  /// What a parked vehicle costs must not grow with how long it is parked.
  private static func parked(_ meos: borrowing Meos?, _ fixtures: Fixtures) throws -> [Row] {
    let count = fixtures.isQuick ? 1_000 : 8_000
    let fixes = AscendingTracks.parked(count)
    let ours = measure(count, 20) { stops([fixes]) }
    var rows: [Row] = []
    if let theirs = try meosTime(meos, operations[2], [fixes], count, repetitions: 1) {
      rows.append(row("stop of \(count) fixes", ours, "MEOS 1.3.1", theirs.time, theirs.found, 20_000))
    }
    for peer in PythonPeer.all {
      for measured in try peer.measure([fixes], parked: true) {
        let target: Double? = peer.library == "movingpandas" ? 20_000 : nil
        rows.append(row("stop of \(count) fixes", ours, peer.name, measured.quantiles, measured.found, target))
      }
    }
    let day = AscendingTracks.parked(86_400)
    let quarter = Array(day.prefix(1_000))
    let short = measure(1_000, 200) { stops([quarter]) }
    let long = measure(86_400, 20) { stops([day]) }
    rows.append(
      Row(
        name: "peers", workload: "stop of 86,400 fixes", ours: long.time, baselineName: "of 1,000 fixes, ours",
        baseline: short.time, target: .ratio(1 / 1.2)))
    return rows
  }

  // MARK: Measuring

  private typealias Measured = (time: Quantiles, found: Double)

  private static func measure(_ count: Int, _ repetitions: Int, _ work: () -> Double) -> Measured {
    var samples = Samples()
    var found = work()
    for _ in 0..<repetitions { samples.measure(count) { found = work() } }
    return (samples.quantiles, found)
  }

  private static func meosTime(
    _ meos: borrowing Meos?, _ operation: Operation, _ tracks: [[Fix]], _ count: Int, repetitions: Int = 5
  ) throws -> Measured? {
    guard let work = operation.meos else { return nil }
    switch meos {
    case .none: return nil
    case .some(let meos):
      let points = try tracks.map { try meos.point($0, isOnSphere: operation.isOnSphere) }
      defer { points.forEach { meos.give(back: $0) } }
      var samples = Samples()
      var found = 0.0
      for _ in 0..<repetitions {
        samples.measure(count) { found = points.reduce(0) { $0 + work(meos, $1) } }
      }
      return (samples.quantiles, found)
    }
  }

  private static func row(
    _ workload: String, _ ours: Measured, _ name: String, _ theirs: Quantiles, _ found: Double?, _ target: Double?
  ) -> Row {
    Row(
      name: "peers", workload: workload, ours: ours.time, baselineName: name, baseline: theirs,
      target: target.map { .ratio($0) },
      note: found.map { "found \(Report.short(ours.found)), \(name) \(Report.short($0))" })
  }
}
