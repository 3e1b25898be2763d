import TriplineAlerts
import TriplineStore

/// The sinks of a service, each with its driver.
actor SinkBoard {
  private var drivers: [String: SinkDriver] = [:]

  init() {}

  /// Has other drivers from now on, which are made once those of before have stopped, and what they had under way is written down.
  func replace(_ make: @Sendable () throws -> [SinkDriver]) async throws {
    let before = self.drivers.values
    self.drivers = [:]
    for driver in before { await driver.stop() }
    for driver in try make() {
      try await driver.readStore()
      self.drivers[driver.sink] = driver
    }
  }

  /// Hands deliveries to the drivers of their sinks. What goes to a sink that is not there waits in the store.
  func take(_ deliveries: [Delivery]) async {
    for (sink, own) in Dictionary(grouping: deliveries, by: \.sink) { await drivers[sink]?.take(own) }
  }

  /// The ids of the sinks.
  var ids: [String] { drivers.keys.sorted() }

  /// Has all drivers look at what other processes have changed.
  func readStore() async throws {
    for driver in drivers.values { try await driver.readStore() }
  }

  /// Has receivers that forget told again of what fires.
  func refresh(_ standing: [NotificationMachine.Standing]) async {
    for driver in drivers.values { await driver.refresh(standing) }
  }

  /// Stops all drivers.
  func stop() async {
    for driver in drivers.values { await driver.stop() }
  }
}
