public import TriplineCore
public import TriplineFormats

/// Runs recorded tracks through rules, and where there are rules to compare with, through these as well, by the code that runs
/// live.
public struct Backtest: Sendable {
  /// What the rules are.
  private let candidate: RuleBook
  private let baseline: RuleBook?
  private let fences: FenceSet
  private let jobs: Int

  /// Creates a backtest of rules, beside those of before where there are any.
  public init(_ candidate: [AlertRule], baseline: [AlertRule]? = nil, fences: FenceSet, jobs: Int) {
    self.candidate = RuleBook(candidate, prefix: "candidate ")
    self.baseline = baseline.map { RuleBook($0, prefix: "baseline ") }
    self.fences = fences
    self.jobs = jobs
  }

  /// Runs all tracks. Each is a vehicle's: what one leaves open ends with it.
  ///
  /// - Parameters:
  ///   - inputs: tracks, in any format that is read.
  ///   - format: their format; `nil` where each tells its own.
  ///   - start: alerts from this time on, in milliseconds UTC; `nil` from the beginning.
  ///   - end: alerts before this time; `nil` to the end.
  ///   - progress: called after each batch.
  public func run(
    _ inputs: [InputFile], format: TrackFormat? = nil, from start: Int64? = nil, to end: Int64? = nil,
    progress: (Replay.Progress) -> Void = { _ in }
  ) async throws -> BacktestResult {
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = candidate.fenceRules + (baseline?.fenceRules ?? [])
    if candidate.needsScores || baseline?.needsScores == true { configuration.scoring = ScoringParameters() }
    var machine = AlertMachine(candidate)
    var other = baseline.map { AlertMachine($0, firstRule: candidate.fenceRules.count) }
    var (alerts, before) = (AlertLog(), AlertLog())
    var coverage = BacktestResult.Coverage()
    let summary = try await Replay(fences: fences, configuration: configuration, jobs: jobs).run(
      inputs, format: format, progress: progress
    ) { events, tracks in
      for event in events {
        let track = tracks[Int(event.vehicle)]
        let vehicle = AlertMachine.Vehicle(index: event.vehicle, id: track.vehicleID)
        alerts.take(machine.take(event, of: vehicle, in: fences))
        if let changes = other?.take(event, of: vehicle, in: fences) { before.take(changes) }
        coverage.take(event)
      }
    }
    for (index, track) in summary.tracks.enumerated() {
      let vehicle = AlertMachine.Vehicle(index: UInt32(index), id: track.vehicleID)
      alerts.take(machine.end(vehicle))
      if let changes = other?.end(vehicle) { before.take(changes) }
    }
    coverage.vehicles = Set(summary.tracks.map(\.vehicleID)).count
    coverage.fixes = Int(summary.counts.received)
    coverage.accepted = Int(summary.counts.accepted)
    let times = (start ?? .min)..<(end ?? .max)
    return BacktestResult(
      alerts: alerts.alerts(in: times), baseline: baseline.map { _ in before.alerts(in: times) }, coverage: coverage,
      report: summary.report, failures: summary.failures)
  }
}

/// Alerts by their ids, as far as they have come.
private struct AlertLog {
  private var all: [String: Alert] = [:]

  mutating func take(_ changes: [AlertChange]) {
    for change in changes { all[change.alert.id] = change.alert }
  }

  func alerts(in times: Range<Int64>) -> [Alert] {
    all.values.filter { times.contains($0.startsAt) }.sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
  }
}
