import Foundation
import TriplineAlerts
import TriplineService

/// Tries sinks by the very receivers of the service.
struct ReceiverTrial {
  private let receivers: [String: any Receiver]
  /// What cannot be made, by the ids of the sinks.
  private let problems: [String: String]

  /// Makes the receivers of a configuration.
  ///
  /// - Parameters:
  ///   - settings: what the configuration says.
  ///   - environment: the environment, where secrets may be.
  ///   - file: the configuration, beside which files are looked for.
  init(_ settings: [ReceiverSettings], environment: [String: String], file: String) throws(ConfigurationError) {
    let problems = Self.problems(settings, environment: environment, file: file)
    var sound = settings
    for index in sound.indices { sound[index].sinks.removeAll { problems[$0.id] != nil } }
    // A secret that cannot be used is a secret all the same: commands do not get it.
    let hidden = Self.variables(settings).subtracting(Self.variables(sound))
    let entries = try Receivers.make(
      sound, environment: environment.filter { !hidden.contains($0.key) }, file: file, in: Self.folder(of: file))
    receivers = Dictionary(uniqueKeysWithValues: entries.map { ($0.sink.id, $0.receiver) })
    self.problems = problems.mapValues { "cannot be made: \($0.message)" }
  }

  /// What keeps sinks from being made, by their ids: secrets that are missing or none, as a rule.
  static func problems(
    _ settings: [ReceiverSettings], environment: [String: String], file: String
  ) -> [String: ConfigurationError] {
    var problems: [String: ConfigurationError] = [:]
    for receiver in settings {
      for sink in receiver.sinks {
        var alone = receiver
        alone.sinks = [sink]
        do throws(ConfigurationError) {
          _ = try Receivers.make([alone], environment: environment, file: file, in: folder(of: file))
        } catch {
          problems[sink.id] = error
        }
      }
    }
    return problems
  }

  /// Sends a test to a sink; returns why it has not arrived, or `nil` where it has.
  func problem(of sink: String) async -> String? {
    guard let receiver = receivers[sink] else { return problems[sink] ?? "cannot be made" }
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let alert = Alert.test(UUID().uuidString, at: now)
    let event = CloudEvent(.fired(alert), source: "/tripline/test", recordedAt: now)
    let parcel = Parcel(
      id: event.id, groupLabels: ["alertname": alert.rule],
      events: [Parcel.Event(id: event.id, json: event.json, alert: alert, isFiring: true)])
    let attempt = await receiver.attempt(parcel)
    switch attempt.outcome {
    case .answered(200..<300, _): return nil
    case .answered(let status, _): return "failed: \(attempt.note ?? "HTTP \(status)")"
    case .failed: return "failed: \(attempt.note ?? "nobody has answered")"
    }
  }

  private static func folder(of file: String) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent().path
  }

  /// The names of the variables that hold secrets.
  private static func variables(_ settings: [ReceiverSettings]) -> Set<String> {
    var names: Set<String> = []
    for sink in settings.flatMap(\.sinks) {
      for case .variable(let name) in SecretCheck.places(sink.kind) { names.insert(name) }
    }
    return names
  }
}
