import Synchronization

/// Where the parts of the service note how they are, and where it is read.
public final class HealthBoard: Sendable {
  private let state: Mutex<Health>

  /// Begins with a state: nothing is ready where none is given.
  public init(_ health: Health = Health()) { state = Mutex(health) }

  /// How all parts are.
  public var health: Health { state.withLock { $0 } }

  /// Notes that something has changed.
  public func note(_ change: (inout Health) -> Void) { state.withLock { change(&$0) } }
}
