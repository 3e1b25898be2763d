@testable import TriplineAlerts
@testable import TriplineService

/// A receiver whose parcels arrive, and that does not say so before it is let go: so it is for a process that ends
/// between sending and writing down.
final class HeldReceiver: Receiver {
  let takesGroups: Bool
  private let receiver: any Receiver
  private let (arrivals, arrival) = AsyncStream<Void>.makeStream()
  private let (gate, opening) = AsyncStream<Void>.makeStream()

  /// Creates one in front of another.
  init(_ receiver: any Receiver) {
    takesGroups = receiver.takesGroups
    self.receiver = receiver
  }

  /// Hands an attempt on, and keeps its end to itself.
  func attempt(_ parcel: Parcel) async -> Attempt {
    let attempt = await receiver.attempt(parcel)
    arrival.yield()
    for await _ in gate {}
    return attempt
  }

  /// Waits until a parcel has arrived.
  func waitForArrival() async { for await _ in arrivals { return } }

  /// Says what it has kept to itself.
  func letGo() { opening.finish() }
}
