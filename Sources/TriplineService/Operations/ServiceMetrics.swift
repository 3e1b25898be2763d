import Synchronization
package import TriplineCore

/// What the service counts and measures, for Prometheus.
///
/// No label holds the id of a vehicle: there would be as many time series as vehicles.
public final class ServiceMetrics: Sendable {
  private let families: Mutex<MetricFamilies>

  /// Begins to count. What can be known beforehand stands at 0 from the start, so that the first increase is seen.
  ///
  /// - Parameters:
  ///   - version: the version of the program.
  ///   - startedAt: when the process was started, in milliseconds UTC.
  public init(version: String, startedAt: Int64) {
    var families = MetricFamilies()
    for result in ["accepted", "rejected", "late"] { families.fixes.add(0, result) }
    for reason in Suppression.allCases { families.suppressed.add(0, reason.rawValue) }
    for result in ["succeeded", "failed"] { families.reloads.add(0, result) }
    families.buildInfo.set(1, version)
    families.processStart.set(Double(startedAt) / 1000)
    self.families = Mutex(families)
  }

  /// A batch of fixes has been looked at; those that came too late for anybody to be told are not among the accepted ones.
  public func fixes(accepted: Int, rejected: Int, late: Int) {
    families.withLock {
      $0.fixes.add(Double(accepted), "accepted")
      $0.fixes.add(Double(rejected), "rejected")
      $0.fixes.add(Double(late), "late")
    }
  }

  /// Fixes have been decided upon, each so many seconds after it was taken; a lag below 0, of a clock that goes ahead, counts
  /// as 0.
  public func fixLags(_ seconds: some Sequence<Double>) {
    families.withLock { for lag in seconds { $0.fixLag.observe(lag) } }
  }

  /// What a batch of fixes decided is stored, so many seconds after the batch was received.
  public func decision(seconds: Double) { families.withLock { $0.decision.observe(seconds) } }

  /// What fixes decided is stored at a moment, in milliseconds UTC; it took as long as it is since the first of them was
  /// received, its wait for others included. Fixes that do not say when they were received do not count.
  package func decided(on fixes: some Sequence<Fix>, at now: Int64) {
    guard let received = fixes.lazy.compactMap(\.received).min() else { return }
    decision(seconds: Double(now - received) / 1000)
  }

  /// An alert has fired.
  ///
  /// - Parameters:
  ///   - rule: the name of the rule.
  ///   - severity: the label `severity` of the rule, empty where there is none.
  public func alertFired(rule: String, severity: String) { families.withLock { $0.alerts.add(1, rule, severity) } }

  /// A notification is kept back.
  public func suppressed(_ reason: Suppression) { families.withLock { $0.suppressed.add(1, reason.rawValue) } }

  /// An attempt to deliver to a sink is over.
  public func delivery(sink: String, _ outcome: DeliveryOutcome) {
    families.withLock { $0.deliveries.add(1, sink, outcome.rawValue) }
  }

  /// What waits for each sink there is; sinks that are not among them are not shown any more.
  public func backlogs(_ backlogs: [SinkBacklog]) {
    families.withLock {
      $0.outboxOldest.removeAll()
      $0.outboxWaiting.removeAll()
      $0.deadLetters.removeAll()
      for backlog in backlogs {
        $0.outboxOldest.set(Double(backlog.oldest) / 1000, backlog.sink)
        $0.outboxWaiting.set(Double(backlog.waiting), backlog.sink)
        $0.deadLetters.set(Double(backlog.deadLetters), backlog.sink)
        for outcome in DeliveryOutcome.allCases { $0.deliveries.add(0, backlog.sink, outcome.rawValue) }
      }
    }
  }

  /// The live stream is connected, or is not any more.
  public func stream(isConnected: Bool) { families.withLock { $0.streamConnected.set(isConnected ? 1 : 0) } }

  /// The live stream was connected anew after it was lost.
  public func streamReconnected() { families.withLock { $0.streamReconnects.add(1) } }

  /// The live stream has gone over to another one before it ended, as planned.
  public func streamRenewed() { families.withLock { $0.streamRenewals.add(1) } }

  /// Positions of so many vehicles have waited too long for earlier ones, which come late.
  public func vehiclesGivenUp(_ count: Int) { families.withLock { $0.vehiclesGivenUp.add(Double(count)) } }

  /// How many vehicles are followed.
  public func vehicles(_ count: Int) { families.withLock { $0.vehicles.set(Double(count)) } }

  /// How many vehicles the configuration names that the account does not have.
  public func unknownVehicles(_ count: Int) { families.withLock { $0.unknownVehicles.set(Double(count)) } }

  /// The configuration has been loaded anew, or could not be.
  public func reload(succeeded: Bool) {
    families.withLock { $0.reloads.add(1, succeeded ? "succeeded" : "failed") }
  }

  /// All numbers in the text format of Prometheus, version 0.0.4.
  public var text: String { families.withLock { $0.text } }
}
