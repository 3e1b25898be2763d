import Foundation

/// The clock of a sandbox: that of the system, or one that goes faster from some moment on, so that hours of a client that goes
/// as fast pass in seconds.
public struct SandboxClock: Sendable {
  private let began = ContinuousClock.now
  private let start = Date()
  /// How much faster it goes.
  public let scale: Double

  /// Starts a clock at the time of day.
  ///
  /// - Precondition: `scale` is above 0.
  public init(scale: Double = 1) {
    precondition(scale > 0, "a clock goes forward")
    self.scale = scale
  }

  /// Time since it was started.
  public var elapsed: Duration { (ContinuousClock.now - began) * scale }
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var date: Int64 { Int64((start.timeIntervalSince1970 * 1000).rounded()) + Int64(elapsed / .milliseconds(1)) }

  /// Waits for so long by this clock.
  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration / scale) }
}
