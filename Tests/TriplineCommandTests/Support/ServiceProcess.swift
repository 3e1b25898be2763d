import Foundation

/// `tripline run` as a process, until it is stopped or its owner lets go of it.
final class ServiceProcess {
  private let process = Process()

  /// Starts a service; what it logs is appended to a file.
  init(_ arguments: [String], environment: [String: String], log: String) throws {
    process.executableURL = Command.executable
    process.arguments = ["run"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(fileURLWithPath: log)) }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try file.seekToEnd()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = file
    try process.run()
  }

  /// Whether it still runs.
  var isRunning: Bool { process.isRunning }

  /// Sends a signal.
  func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  /// Waits until it has ended; returns its exit status, or the negative number of the signal that ended it.
  func wait() -> Int32 {
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }
}
