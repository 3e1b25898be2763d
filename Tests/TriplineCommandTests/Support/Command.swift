import Foundation
import Testing

/// One run of the built `tripline` and what came out of it.
struct Command {
  /// The exit status, or the negative number of the signal that ended it.
  let status: Int32
  /// Standard output.
  let output: Data
  /// Standard error.
  let messages: String

  /// Standard output as text.
  var text: String { String(decoding: output, as: UTF8.self) }

  /// Standard output line by line.
  var lines: [Substring] { text.split(whereSeparator: \.isNewline) }

  /// `TRIPLINE_EXECUTABLE`, or else the executable built beside these tests.
  static let executable: URL = {
    if let path = ProcessInfo.processInfo.environment["TRIPLINE_EXECUTABLE"] { return URL(fileURLWithPath: path) }
    return Bundle.main.bundleURL.appending(path: "tripline")
  }()

  /// Runs the command to its end.
  ///
  /// - Parameters:
  ///   - arguments: its arguments.
  ///   - input: the file it gets as standard input.
  ///   - output: the file its standard output goes to; a temporary one unless given.
  ///   - environment: variables beside those of the tests.
  ///   - killedAfter: seconds after which it is killed without a warning, or `nil`.
  init(
    _ arguments: [String], input: String = "/dev/null", output: String? = nil, environment: [String: String] = [:],
    killedAfter: Double? = nil
  ) throws {
    let folder = try TemporaryFolder()
    let outputPath = output ?? folder.path("output")
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    if let killedAfter {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
      process.arguments = ["-s", "KILL", "\(killedAfter)", Self.executable.path] + arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
    process.standardOutput = try folder.writing(to: outputPath)
    process.standardError = try folder.writing(to: folder.path("messages"))
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    self.output = output == nil ? try Data(contentsOf: URL(fileURLWithPath: outputPath)) : Data()
    messages = try String(contentsOfFile: folder.path("messages"), encoding: .utf8)
  }

  /// Runs the command with a file of this content and this name as its last argument.
  init(_ arguments: [String], content: Data, named name: String) throws {
    let folder = try TemporaryFolder()
    try content.write(to: URL(fileURLWithPath: folder.path(name)))
    try self.init(arguments + [folder.path(name)])
  }

  init(_ arguments: [String], content: String, named name: String) throws {
    try self.init(arguments, content: Data(content.utf8), named: name)
  }
}

/// The path of a fixture.
func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Fixtures/\(name)").standardized.path
}

/// What `gzip` makes of a file.
func gzip(_ option: String, _ path: String) throws -> Data {
  let folder = try TemporaryFolder()
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/gzip")
  process.arguments = [option, "-c", path]
  process.standardOutput = try folder.writing(to: folder.path("output"))
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return try Data(contentsOf: URL(fileURLWithPath: folder.path("output")))
}
