import Foundation

/// The time, and waiting for it.
public protocol TimeSource: Sendable {
  /// Time since some fixed moment, which only goes on.
  var elapsed: Duration { get }
  /// Milliseconds since 1970-01-01T00:00:00Z.
  var date: Int64 { get }
  /// Waits.
  ///
  /// - Throws: `CancellationError` where the task is cancelled meanwhile.
  func sleep(for duration: Duration) async throws
}

/// The system's clocks.
public struct SystemTime: TimeSource {
  private let start = ContinuousClock.now

  /// Takes this moment as the fixed one.
  public init() {}

  /// Time since it was created.
  public var elapsed: Duration { ContinuousClock.now - start }
  /// The system's time of day.
  public var date: Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }
  /// Waits by the continuous clock.
  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
