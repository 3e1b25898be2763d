import TriplineAlerts

extension AlertEngine.ShardState {
  /// As it comes back from where states are kept.
  func reread() throws -> Self {
    let known = Dictionary(uniqueKeysWithValues: alerts.alerts.map { ($0.alert.id, $0.alert) })
    return Self(engine: engine, alerts: try AlertMachine.State(from: alerts.bytes) { known[$0] })
  }
}
