import Foundation
import TriplineAlerts

/// Looks whether what receivers need besides the configuration is there, and never at what it is.
enum SecretCheck {
  /// What is missing or of no use here, a sentence each.
  ///
  /// - Parameters:
  ///   - settings: the receivers.
  ///   - environment: the environment, where secrets may be.
  ///   - file: the configuration, beside which files are looked for.
  static func warnings(
    _ settings: [ReceiverSettings], environment: [String: String], file: String
  ) -> [String] {
    let problems = ReceiverTrial.problems(settings, environment: environment, file: file)
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return settings.flatMap(\.sinks).flatMap { sink -> [String] in
      guard let problem = problems[sink.id] else { return [] }
      let missing = missing(sink.kind, environment) { name in
        FileManager.default.isReadableFile(atPath: URL(fileURLWithPath: name, relativeTo: folder).path)
      }
      guard !missing.isEmpty else { return ["\(problem)"] }
      return missing.map { "\(file):\(sink.line): \(sink.id): \($0)" }
    }
  }

  /// Where the secrets of a sink are.
  static func places(_ kind: ReceiverSettings.Kind) -> [ReceiverSettings.SecretPlace] {
    switch kind {
    case .webhook(let webhook): webhook.secrets
    case .mqtt(let broker): broker.password.map { [$0] } ?? []
    default: []
    }
  }

  private static func missing(
    _ kind: ReceiverSettings.Kind, _ environment: [String: String], isReadable: (String) -> Bool
  ) -> [String] {
    var missing: [String] = []
    if case .webhook(let webhook) = kind, case .file(let name) = webhook.address, !isReadable(name) {
      missing.append("the file \(name) of its url cannot be read here")
    }
    for place in places(kind) {
      switch place {
      case .file(let name) where !isReadable(name): missing.append("the file \(name) of its secret cannot be read here")
      case .variable(let name) where environment[name, default: ""].isEmpty:
        missing.append("the variable \(name) of its secret is not set here")
      default: continue
      }
    }
    return missing
  }
}
