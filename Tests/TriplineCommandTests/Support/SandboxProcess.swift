import Foundation
import Testing

/// `tripline sandbox` as a process, until its owner lets go of it.
final class SandboxProcess {
  /// The variables that it prints.
  let environment: [String: String]
  private let process = Process()

  /// Starts a sandbox over tracks on a free port.
  init(_ arguments: [String]) throws {
    let output = Pipe()
    process.executableURL = Command.executable
    process.arguments = ["sandbox", "--port", "0"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text: [UInt8] = []
    while text.count(where: { $0 == UInt8(ascii: "\n") }) < 3 {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { break }
      text += data
    }
    var environment: [String: String] = [:]
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
      try #require(parts.count == 2)
      environment[String(parts[0])] = String(parts[1])
    }
    try #require(environment.count == 3)
    self.environment = environment
  }

  // A child of this process may inherit that other signals are blocked.
  deinit { kill(process.processIdentifier, SIGKILL) }
}
