import Synchronization

@testable import TriplineAlerts
@testable import TriplineService

/// An Alertmanager that a test knows the order of what goes there of, and that is told again when the test says so.
final class GatedReceiver: RefreshedReceiver {
  let takesGroups = true
  private let receiver: AlertmanagerReceiver
  private let names = Mutex<[String]>([])
  private let (arrivals, arrival) = AsyncStream<Void>.makeStream()
  private let (gate, opening) = AsyncStream<Void>.makeStream()

  /// Creates one in front of another.
  init(_ receiver: AlertmanagerReceiver) { self.receiver = receiver }

  /// What has begun and ended, in order.
  var log: [String] { names.withLock { $0 } }

  /// Hands an attempt on.
  func attempt(_ parcel: Parcel) async -> Attempt {
    note("attempt")
    defer { note("attempt ends") }
    return await receiver.attempt(parcel)
  }

  /// Hands it on once the gate is open.
  func refresh(_ alerts: [Alert], at now: Int64) async -> Attempt {
    note("refresh")
    defer { note("refresh ends") }
    for await _ in gate {}
    return await receiver.refresh(alerts, at: now)
  }

  /// Waits until so much has been noted.
  func wait(for count: Int) async {
    if log.count >= count { return }
    for await _ in arrivals where log.count >= count { return }
  }

  /// Lets what is told again go.
  func open() { opening.finish() }

  private func note(_ name: String) {
    names.withLock { $0.append(name) }
    arrival.yield()
  }
}
