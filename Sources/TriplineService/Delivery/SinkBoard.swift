import TriplineAlerts
import TriplineStore

/// The sinks of a service, each with its driver.
actor SinkBoard {
  private var drivers: [String: SinkDriver] = [:]
  /// What comes while the drivers are replaced.
  private var waiting: [Delivery]?

  init() {}

  /// Keeps what comes until the drivers have been replaced: those of before do not hand on what was decided behind it.
  func hold() { waiting = waiting ?? [] }

  /// Has other drivers from now on, which are made once those of before have stopped, and what they had under way is written down.
  func replace(_ make: @Sendable () throws -> [SinkDriver]) async throws {
    let before = Array(drivers.values)
    hold()
    await Self.stop(before)
    drivers = [:]
    do {
      for driver in try make() {
        try await driver.readStore()
        drivers[driver.sink] = driver
      }
    } catch {
      waiting = nil
      throw error
    }
    // What was read from the store as well counts once.
    while let late = waiting, !late.isEmpty {
      waiting = []
      await handOut(late)
    }
    waiting = nil
  }

  /// Hands deliveries to the drivers of their sinks. What goes to a sink that is not there is given up
  /// by the store when it learns of the sinks.
  func take(_ deliveries: [Delivery]) async {
    if waiting != nil {
      waiting? += deliveries
    } else {
      await handOut(deliveries)
    }
  }

  private func handOut(_ deliveries: [Delivery]) async {
    for (sink, own) in Dictionary(grouping: deliveries, by: \.sink) { await drivers[sink]?.take(own) }
  }

  /// The ids of the sinks.
  var ids: [String] { drivers.keys.sorted() }

  /// Has all drivers look at what other processes have changed.
  func readStore() async throws {
    for driver in drivers.values { try await driver.readStore() }
  }

  /// Whether a receiver forgets what it is not told of again.
  var hasForgetful: Bool { drivers.values.contains { $0.isForgetful } }

  /// Has receivers that forget told again of what fires.
  func refresh(_ standing: [NotificationMachine.Standing]) async {
    for driver in drivers.values { await driver.refresh(standing) }
  }

  /// Stops all drivers.
  func stop() async { await Self.stop(Array(drivers.values)) }

  /// Each waits for what it has under way; all at the same time.
  private static func stop(_ drivers: [SinkDriver]) async {
    await withDiscardingTaskGroup { group in
      for driver in drivers { group.addTask { await driver.stop() } }
    }
  }
}
