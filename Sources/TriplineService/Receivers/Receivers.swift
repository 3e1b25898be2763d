import Foundation
package import MyCarTracks
package import TriplineAlerts

/// Makes receivers of what a file of rules says. It alone reads secrets.
package enum Receivers {
  /// A sink and what carries alerts to it.
  package struct Entry: Sendable {
    /// The sink.
    package var sink: Outbox.Sink
    /// What carries alerts to it.
    package var receiver: any Receiver
  }

  /// Makes all receivers.
  ///
  /// Commands get the environment without the variables of MyCarTracks and without those that hold secrets of webhooks.
  ///
  /// - Parameters:
  ///   - settings: what the file of rules says.
  ///   - environment: the environment, where secrets may be.
  ///   - file: the name of the file of rules, for messages.
  ///   - folder: where files are looked for that are named without a whole path.
  ///   - time: the time.
  ///   - contents: reads a file; `nil` where it cannot be read.
  /// - Throws: what is wrong with the first that cannot be made, with the sink and the key, and never a secret.
  package static func make(
    _ settings: [ReceiverSettings], environment: [String: String], file: String = "receivers", in folder: String = ".",
    time: any TimeSource = SystemTime(),
    contents: (String) -> String? = { try? String(contentsOfFile: $0, encoding: .utf8) }
  ) throws(ConfigurationError) -> [Entry] {
    let place = URL(fileURLWithPath: folder, isDirectory: true)
    func path(_ name: String) -> String { URL(fileURLWithPath: name, relativeTo: place).path }
    let outside = visible(environment, settings)
    var entries: [Entry] = []
    for settings in settings {
      for sink in settings.sinks {
        let receiver: any Receiver
        switch sink.kind {
        case .standardOutput: receiver = LineReceiver()
        case .file(let name): receiver = LineReceiver(path: path(name))
        case .webhook(let webhook):
          do throws(Problem) {
            receiver = try self.webhook(webhook, environment, time) { contents(path($0)) }
          } catch {
            throw ConfigurationError(
              file: file, line: sink.line > 0 ? sink.line : nil, message: "\(sink.id): \(error.text)")
          }
        case .alertmanager(let url, let allowsInternal):
          receiver = AlertmanagerReceiver(url: url, allowsInternal: allowsInternal, time: time)
        case .command(let words, let timeout):
          receiver = ExecReceiver(words, environment: outside, timeout: timeout)
        case .mail(let mail):
          receiver = MailReceiver(
            to: mail.to, from: mail.from, sendmail: mail.sendmail, environment: outside, time: time)
        }
        entries.append(
          Entry(
            sink: Outbox.Sink(id: sink.id, receiver: settings.name, takesGroups: receiver.takesGroups),
            receiver: receiver))
      }
    }
    return entries
  }

  /// What is wrong with a sink.
  private struct Problem: Error {
    let text: String
  }

  private static func webhook(
    _ webhook: ReceiverSettings.Webhook, _ environment: [String: String], _ time: any TimeSource,
    _ contents: (String) -> String?
  ) throws(Problem) -> WebhookReceiver {
    let url: String
    switch webhook.address {
    case .url(let text): url = text
    case .file(let path):
      guard let text = contents(path) else {
        throw Problem(text: "the file that url_file names cannot be read. Check the path and its permissions.")
      }
      url = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if let problem = ReceiverSettings.problem(ofURL: url) {
        throw Problem(text: "what the file of url_file has is no url that can be used: \(problem).")
      }
    }
    var secrets: [String] = []
    for secret in webhook.secrets {
      switch secret {
      case .file(let path):
        guard let text = contents(path) else {
          throw Problem(text: "a file that secret_file names cannot be read. Check the path and its permissions.")
        }
        secrets.append(text.trimmingCharacters(in: .whitespacesAndNewlines))
      case .variable(let name):
        guard let text = environment[name], !text.isEmpty else {
          throw Problem(text: "the variable \(name) that secret_env names is not set.")
        }
        secrets.append(text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    guard let signature = WebhookSignature(secrets: secrets) else {
      throw Problem(text: "a secret has to be whsec_ and 24 to 64 bytes in Base64, as Standard Webhooks has it.")
    }
    return WebhookReceiver(
      url: url, signature: signature, allowsInternal: webhook.allowsInternal, timeout: webhook.timeout, time: time)
  }

  /// The variables that commands get: none of the account's, and none that holds a secret of a webhook.
  static func visible(_ environment: [String: String], _ settings: [ReceiverSettings]) -> [String: String] {
    var secret: Set<String> = []
    for sink in settings.flatMap(\.sinks) {
      guard case .webhook(let webhook) = sink.kind else { continue }
      for case .variable(let name) in webhook.secrets { secret.insert(name) }
    }
    return environment.filter { name, _ in
      !secret.contains(name) && !name.hasPrefix("MYCARTRACKS_") && !name.hasPrefix("WATCHDOG_")
        && name != "NOTIFY_SOCKET" && name.first?.isNumber == false
    }
  }
}
