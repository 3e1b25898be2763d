import Dispatch
import Glibc

/// Tells systemd how the service is, as a unit of `Type=notify` has to; without systemd it does nothing.
///
/// A message is a datagram to the socket that `NOTIFY_SOCKET` names, a path or, with `@` before it, an abstract name.
public struct SystemdNotifier: Sendable {
  /// How long systemd waits for a sign of life before it restarts the service; `nil` where it does not watch.
  public let watchdogTimeout: Duration?

  private let address: NotificationAddress?

  /// Takes what systemd has left in the environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
  ///
  /// - Parameters:
  ///   - environment: the variables.
  ///   - process: the number of this process, which is asked for where it is `nil`; a watchdog for another one is none.
  public init(environment: [String: String], process: Int32? = nil) {
    address = environment["NOTIFY_SOCKET"].flatMap { NotificationAddress($0) }
    let process = process ?? getpid()
    let isOfThis = environment["WATCHDOG_PID"].map { Int32($0) == process } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) }
    watchdogTimeout = microseconds.flatMap { isOfThis && $0 > 0 ? .microseconds($0) : nil }
  }

  /// The service is ready, for the first time or after it has loaded its configuration anew.
  ///
  /// As all of these, it returns whether systemd has got it; where there is no systemd, it has not.
  @discardableResult
  public func ready() -> Bool { send("READY=1") }

  /// The service begins to stop.
  @discardableResult
  public func stopping() -> Bool { send("STOPPING=1") }

  /// The service begins to load its configuration anew; `ready` has to follow, also where that fails.
  @discardableResult
  public func reloading() -> Bool {
    // The clock that systemd compares with is CLOCK_MONOTONIC, as that of Dispatch is on Linux.
    send("RELOADING=1\nMONOTONIC_USEC=\(DispatchTime.now().uptimeNanoseconds / 1000)")
  }

  /// What the service does, as `systemctl status` shows it: one line.
  @discardableResult
  public func status(_ text: String) -> Bool {
    send("STATUS=" + String(text.map { $0.isNewline ? " " : $0 }))
  }

  /// The service is alive.
  @discardableResult
  public func alive() -> Bool { send("WATCHDOG=1") }

  private func send(_ message: String) -> Bool { address?.send(Array(message.utf8)) ?? false }
}
