public import TriplineCore
public import TriplineFormats

/// Runs recorded tracks through rules, by the code that decides live.
///
/// As in a replay each track is run by itself: a stay that goes on in the next track of its vehicle begins anew there. With its
/// track ends what fires of stays and stops; of exits, silence and proximity no end is told then. Between two tracks of a vehicle
/// there is no silence.
///
/// Where a rule asks who comes near whom, the ways of the vehicles it is about are kept until all tracks have been read: 96 bytes
/// a fix.
public struct Backtest: Sendable {
  private let book: RuleBook
  private let fences: FenceSet
  private let jobs: Int

  /// Creates a backtest of rules.
  ///
  /// - Precondition: each has a name of its own.
  public init(_ rules: [AlertRule], fences: FenceSet, jobs: Int) {
    book = RuleBook(rules)
    self.fences = fences
    self.jobs = jobs
  }

  /// Runs all tracks.
  ///
  /// - Parameters:
  ///   - inputs: tracks, in any format that is read.
  ///   - format: their format; `nil` where each tells its own.
  ///   - progress: called after each batch.
  public func run(
    _ inputs: [InputFile], format: TrackFormat? = nil, progress: (Replay.Progress) -> Void = { _ in }
  ) async throws -> BacktestResult {
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = book.fenceRules
    if book.needsScores { configuration.scoring = ScoringParameters() }
    configuration.reportsTravel = book.needsTravel
    var machine = AlertMachine(book, fences: fences)
    var alerts: [String: Alert] = [:]
    var spans: [BacktestResult.Span] = []
    /// When each track was over, as far as stops and trips say.
    var ends: [UInt32: Int64] = [:]
    var encounters = Encounters(book)
    let summary = try await Replay(fences: fences, configuration: configuration, jobs: jobs).run(
      inputs, format: format, progress: progress
    ) { events, tracks in
      for event in events {
        let vehicle = AlertMachine.Vehicle(index: event.vehicle, id: tracks[Int(event.vehicle)].vehicleID)
        for change in machine.take(event, of: vehicle, in: fences) { alerts[change.alert.id] = change.alert }
        if case .travel(let travel) = event { encounters.note(travel, of: vehicle.id) }
        if let span = BacktestResult.Span(event, of: vehicle.id) {
          spans.append(span)
          ends[event.vehicle] = max(span.times.upperBound, ends[event.vehicle] ?? .min)
        }
      }
    }
    for (index, track) in summary.tracks.enumerated() {
      let vehicle = AlertMachine.Vehicle(index: UInt32(index), id: track.vehicleID)
      for change in machine.end(vehicle, at: ends[vehicle.index]) { alerts[change.alert.id] = change.alert }
    }
    for change in encounters.changes() { alerts[change.alert.id] = change.alert }
    return BacktestResult(
      alerts: alerts.values.sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }, spans: spans,
      fixes: Int(summary.counts.received), accepted: Int(summary.counts.accepted), report: summary.report,
      failures: summary.failures)
  }
}
