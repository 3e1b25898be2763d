package import Foundation
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
  /// Commands get the environment without the variables of MyCarTracks and without those that hold secrets of webhooks and brokers.
  ///
  /// - Parameters:
  ///   - settings: what the file of rules says.
  ///   - environment: the environment, where secrets may be.
  ///   - file: the name of the file of rules, for messages.
  ///   - folder: where files are looked for that are named without a whole path.
  ///   - time: the time.
  ///   - zone: the zone of times for people.
  ///   - contents: reads a file; `nil` where it cannot be read.
  /// - Throws: what is wrong with the first that cannot be made, with the sink and the key, and never a secret.
  package static func make(
    _ settings: [ReceiverSettings], environment: [String: String], file: String = "receivers", in folder: String = ".",
    time: any TimeSource = SystemTime(), zone: TimeZone = .gmt,
    contents: (String) -> String? = { try? String(contentsOfFile: $0, encoding: .utf8) }
  ) throws(ConfigurationError) -> [Entry] {
    let place = URL(fileURLWithPath: folder, isDirectory: true)
    func path(_ name: String) -> String { URL(fileURLWithPath: name, relativeTo: place).path }
    let outside = visible(environment, settings)
    var entries: [Entry] = []
    for settings in settings {
      for sink in settings.sinks {
        let receiver: any Receiver
        do throws(Problem) {
          switch sink.kind {
          case .standardOutput: receiver = LineReceiver()
          case .file(let name): receiver = LineReceiver(path: path(name))
          case .webhook(let webhook):
            receiver = try self.webhook(webhook, environment, time) { contents(path($0)) }
          case .alertmanager(let url, let allowsInternal):
            receiver = AlertmanagerReceiver(url: url, allowsInternal: allowsInternal, time: time)
          case .command(let words, let timeout):
            receiver = ExecReceiver(words, environment: outside, timeout: timeout)
          case .mail(let mail):
            receiver = MailReceiver(
              to: mail.to, from: mail.from, sendmail: mail.sendmail, environment: outside, time: time, zone: zone)
          case .mqtt(let broker): receiver = try mqtt(broker, of: sink.id, environment, path, contents)
          }
        } catch {
          throw ConfigurationError(
            file: file, line: sink.line > 0 ? sink.line : nil, message: "\(sink.id): \(error.text)")
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
    for secret in webhook.secrets { secrets.append(try text(of: secret, "secret", environment, contents)) }
    guard let signature = WebhookSignature(secrets: secrets) else {
      throw Problem(text: "a secret has to be whsec_ and 24 to 64 bytes in Base64, as Standard Webhooks has it.")
    }
    return WebhookReceiver(
      url: url, signature: signature, allowsInternal: webhook.allowsInternal, timeout: webhook.timeout, time: time)
  }

  /// A secret that stands elsewhere; `key` is how its keys begin.
  private static func text(
    of place: ReceiverSettings.SecretPlace, _ key: String, _ environment: [String: String],
    _ contents: (String) -> String?
  ) throws(Problem) -> String {
    switch place {
    case .file(let path):
      guard let text = contents(path) else {
        throw Problem(text: "a file that \(key)_file names cannot be read. Check the path and its permissions.")
      }
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    case .variable(let name):
      guard let text = environment[name], !text.isEmpty else {
        throw Problem(text: "the variable \(name) that \(key)_env names is not set.")
      }
      return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  #if MQTT
    private static func mqtt(
      _ broker: ReceiverSettings.MQTT, of sink: String, _ environment: [String: String], _ path: (String) -> String,
      _ contents: (String) -> String?
    ) throws(Problem) -> any Receiver {
      var (broker, password) = (broker, nil as String?)
      broker.clientID = broker.clientID(ofSink: sink)
      if let place = broker.password {
        let text = try text(of: place, "password", environment) { contents(path($0)) }
        guard !text.isEmpty, !text.utf8.contains(0) else {
          throw Problem(text: "the password of \(broker.username ?? "") is empty or no text.")
        }
        password = text
      }
      if let tls = broker.tls {
        let files = [
          ("ca_file", tls.authorities), ("cert_file", tls.identity?.certificate), ("key_file", tls.identity?.key),
        ]
        for case (let key, let name?) in files where contents(path(name)) == nil {
          throw Problem(text: "the file that \(key) names cannot be read. Check the path and its permissions.")
        }
        broker.tls?.authorities = tls.authorities.map { path($0) }
        if let identity = tls.identity {
          broker.tls?.identity?.certificate = path(identity.certificate)
          broker.tls?.identity?.key = path(identity.key)
        }
      }
      return MQTTReceiver(broker, password: password)
    }
  #else
    private static func mqtt(
      _: ReceiverSettings.MQTT, of _: String, _: [String: String], _: (String) -> String, _: (String) -> String?
    ) throws(Problem) -> any Receiver {
      throw Problem(text: "this build of tripline has no MQTT. Build it with `swift build --traits MQTT`.")
    }
  #endif

  /// The variables that commands get: none of the account's, and none that holds a secret of a webhook or of a broker.
  static func visible(_ environment: [String: String], _ settings: [ReceiverSettings]) -> [String: String] {
    var secret: Set<String> = []
    for sink in settings.flatMap(\.sinks) {
      let places: [ReceiverSettings.SecretPlace] =
        switch sink.kind {
        case .webhook(let webhook): webhook.secrets
        case .mqtt(let broker): broker.password.map { [$0] } ?? []
        default: []
        }
      for case .variable(let name) in places { secret.insert(name) }
    }
    return environment.filter { name, _ in
      !secret.contains(name) && !name.hasPrefix("MYCARTRACKS_") && !name.hasPrefix("WATCHDOG_")
        && name != "NOTIFY_SOCKET" && name.first?.isNumber == false
    }
  }
}
