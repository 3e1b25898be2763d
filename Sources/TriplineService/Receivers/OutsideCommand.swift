import Glibc
import Subprocess
import SystemPackage

/// A command that is run without a shell, in a session of its own.
struct OutsideCommand: Sendable {
  /// The whole path of a program or its name, and its arguments.
  var words: [String]
  /// The environment it runs in.
  var environment: [String: String]
  /// How long it may take in milliseconds: then it is asked to end, and after two seconds it is killed.
  var timeout: Int64

  /// The longest note in characters.
  private static let longestNote = 200
  /// Without it the end of a command that reads nothing would be ours.
  private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  /// Runs it once with some input; it has succeeded where it exits with 0.
  ///
  /// Else the note is what it told on its standard error.
  func run(_ input: [UInt8]) async -> Attempt {
    await Attempt.within(timeout) {
      do {
        return try await end(input)
      } catch let error as SubprocessError where error.code == .executableNotFound {
        return .failed("the command cannot be found")
      } catch {
        return .failed("the command cannot be run")
      }
    }
  }

  private func end(_ input: [UInt8]) async throws -> Attempt {
    _ = Self.ignoresBrokenPipes
    guard let program = words.first else { return .failed("there is no command") }
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))]
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
    let result = try await Subprocess.run(
      program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(Array(words.dropFirst())),
      environment: .custom(variables), platformOptions: options, input: .inputWriter, output: .discarded,
      error: .sequence
    ) { execution in
      // Beside the reading: a command may tell a lot before it reads.
      async let hasWritten: Void = Self.write(input, to: execution.standardInputWriter)
      var told: [UInt8] = []
      for try await buffer in execution.standardError where told.count < 4 * Self.longestNote {
        buffer.withUnsafeBytes { told.append(contentsOf: $0) }
      }
      await hasWritten
      return told
    }
    switch result.terminationStatus {
    case .exited(0): return .delivered
    case .exited(let status): return .failed(Self.note(result.closureResult) ?? "exit status \(status)")
    case .signaled(let signal): return .failed(Self.note(result.closureResult) ?? "ended by signal \(signal)")
    }
  }

  /// A command need not read what it is given.
  private static func write(_ input: [UInt8], to writer: StandardInputWriter) async {
    _ = try? await writer.write(input)
    try? await writer.finish()
  }

  /// What was told, in one line, or `nil` where that is nothing.
  static func note(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.unicodeScalars.split { $0.properties.generalCategory == .control || $0.properties.isWhitespace }
    let line = words.map { String($0) }.joined(separator: " ")
    return line.isEmpty ? nil : String(line.prefix(longestNote))
  }
}

extension OutsideCommand: CustomStringConvertible, CustomReflectable {
  /// The program: an argument or a variable may be secret.
  var description: String { words.first ?? "" }
  /// Nothing to be seen within.
  var customMirror: Mirror { Mirror(self, children: []) }
}
