import Foundation

/// Somebody who is told of alerts, and by what.
public struct ReceiverSettings: Sendable, Hashable {
  /// Its name, which routes refer to.
  public var name: String
  /// What carries alerts to it; there is at least one.
  public var sinks: [Sink]

  /// One way to somebody.
  public struct Sink: Sendable, Hashable {
    /// The receiver's name, the kind and what follows from the destination, like `dispatch/webhook/3f9a1c2e`, or `dispatch/stdout`.
    public var id: String
    /// The 1-based line of the file of rules at which it stands.
    public var line: Int
    /// What it is.
    public var kind: Kind
  }

  /// What carries alerts.
  public enum Kind: Sendable, Hashable {
    /// Lines on the standard output.
    case standardOutput
    /// Lines at the end of a file.
    case file(path: String)
    /// Requests that are signed.
    case webhook(Webhook)
    /// An Alertmanager; internal addresses are allowed unless somebody says otherwise, for that is where it is.
    case alertmanager(url: String, allowsInternal: Bool)
    /// A command with its arguments, which is ended after `timeout` milliseconds.
    case command([String], timeout: Int64)
    /// A mail.
    case mail(Mail)
    /// A message to a broker of MQTT, which takes a build with the package trait `MQTT`.
    case mqtt(MQTT)
  }

  /// Where a secret is.
  public enum SecretPlace: Sendable, Hashable {
    /// The path of a file.
    case file(String)
    /// The name of an environment variable.
    case variable(String)
  }

  /// A receiver of webhooks. The secrets themselves never stand in the file of rules.
  public struct Webhook: Sendable, Hashable {
    /// Where it is.
    public var address: Address
    /// Where the secrets are: one, or while it is being replaced the new one and the old one.
    public var secrets: [SecretPlace]
    /// Whether it may be within one's own network.
    public var allowsInternal: Bool
    /// How long an attempt may take in milliseconds.
    public var timeout: Int64

    /// A URL, or the file that has it where the URL is itself a secret.
    public enum Address: Sendable, Hashable {
      /// The URL.
      case url(String)
      /// The path of a file with the URL.
      case file(String)
    }
  }

  /// What is needed to send a mail.
  public struct Mail: Sendable, Hashable {
    /// Who gets it.
    public var to: [String]
    /// Who it is from.
    public var from: String
    /// The path of the program that takes it, with the arguments of `sendmail`.
    public var sendmail: String
  }

  /// How long an attempt may take in milliseconds where nothing is said: what Standard Webhooks recommends at least.
  static let answerTimeout: Int64 = 15_000
  /// How long a command may take in milliseconds where nothing is said.
  private static let commandTimeout: Int64 = 30_000
  /// The longest time in milliseconds that somebody may give an attempt.
  private static let longestTimeout: Int64 = 300_000

  /// Reads `receivers` of a file of rules; nothing where there are none.
  ///
  /// - Throws: the first mistake, with its line and column, and never a secret.
  static func read(_ root: inout YAMLSection) throws(ConfigurationError) -> [ReceiverSettings] {
    var receivers: [ReceiverSettings] = []
    for var section in try root.sections("receivers") {
      let name = try section.required("name", of: "a receiver")
      guard !name.contains(where: { $0 == "/" || $0.isNewline }) else {
        throw section.error("the name of a receiver is one line without a /", at: "name")
      }
      guard !receivers.contains(where: { $0.name == name }) else {
        throw section.error("there are two receivers named \(name)", at: "name")
      }
      let sinks = try sinks(&section, of: name)
      try section.finish("a receiver")
      guard !sinks.isEmpty else {
        throw section.error(
          "the receiver \(name) needs one of stdout, files, webhooks, alertmanagers, execs, emails and mqtts")
      }
      receivers.append(ReceiverSettings(name: name, sinks: sinks))
    }
    return receivers
  }

  private static func sinks(_ section: inout YAMLSection, of name: String) throws(ConfigurationError) -> [Sink] {
    var sinks: [Sink] = []
    func add(_ kind: Kind, _ word: String, _ line: Int) {
      sinks.append(Sink(id: Sink.id(of: kind, word, receiver: name, besides: sinks), line: line, kind: kind))
    }
    if try section.truth("stdout") ?? false { add(.standardOutput, "stdout", section.line) }
    for var part in try section.sections("files") {
      let path = try part.required("path", of: "a file")
      try part.finish("a file")
      add(.file(path: path), "file", part.line)
    }
    for var part in try section.sections("webhooks") {
      add(.webhook(try webhook(&part)), "webhook", part.line)
    }
    for var part in try section.sections("alertmanagers") {
      let url = try url(&part, of: "an Alertmanager")
      guard !url.contains("?") else { throw part.error("the url of an Alertmanager has no query", at: "url") }
      let allowsInternal = try part.truth("allow_internal") ?? true
      try part.finish("an Alertmanager")
      add(.alertmanager(url: url, allowsInternal: allowsInternal), "alertmanager", part.line)
    }
    for var part in try section.sections("execs") {
      guard let command = try part.texts("command"), let program = command.first else {
        throw part.error("an exec needs a command, a list of a program and its arguments")
      }
      guard program.hasPrefix("/") || !program.contains("/") else {
        throw part.error("a command begins with the whole path of a program, or with its name alone", at: "command")
      }
      let timeout = try timeout(&part) ?? commandTimeout
      try part.finish("an exec")
      add(.command(command, timeout: timeout), "exec", part.line)
    }
    for var part in try section.sections("emails") {
      add(.mail(try mail(&part)), "email", part.line)
    }
    for var part in try section.sections("mqtts") {
      add(.mqtt(try mqtt(&part)), "mqtt", part.line)
    }
    return sinks
  }

  private static func webhook(_ section: inout YAMLSection) throws(ConfigurationError) -> Webhook {
    guard !section.has("secret") else {
      throw section.error(
        "a secret does not stand in this file; put it in a file of its own and name that by secret_file", at: "secret")
    }
    let address: Webhook.Address
    switch (try section.text("url"), try section.text("url_file")) {
    case (_?, nil): address = .url(try url(&section, of: "a webhook"))
    case (nil, let path?) where !path.isEmpty: address = .file(path)
    default: throw section.error("a webhook needs either url or url_file")
    }
    let secrets: [SecretPlace]
    switch (try section.texts("secret_file"), try section.texts("secret_env")) {
    case (let paths?, nil): secrets = paths.map { .file($0) }
    case (nil, let names?): secrets = names.map { .variable($0) }
    default: throw section.error("a webhook needs either secret_file or secret_env")
    }
    let webhook = Webhook(
      address: address, secrets: secrets, allowsInternal: try section.truth("allow_internal") ?? false,
      timeout: try timeout(&section) ?? answerTimeout)
    try section.finish("a webhook")
    return webhook
  }

  private static func mail(_ section: inout YAMLSection) throws(ConfigurationError) -> Mail {
    guard let to = try section.texts("to") else { throw section.error("an email needs a to") }
    let from = try section.required("from", of: "an email")
    for (key, address) in to.map({ ("to", $0) }) + [("from", from)] where !isMailAddress(address) {
      throw section.error("\(address) is no address of mail like dispatch@example.com", at: key)
    }
    let sendmail = try section.text("sendmail") ?? "/usr/sbin/sendmail"
    guard sendmail.hasPrefix("/") else { throw section.error("sendmail has to be a whole path", at: "sendmail") }
    try section.finish("an email")
    return Mail(to: to, from: from, sendmail: sendmail)
  }

  static func timeout(_ section: inout YAMLSection) throws(ConfigurationError) -> Int64? {
    guard let timeout = try section.duration("timeout") else { return nil }
    guard (1...longestTimeout).contains(timeout) else {
      throw section.error("timeout has to be above 0s and at most 5m", at: "timeout")
    }
    return timeout
  }

  private static func url(_ section: inout YAMLSection, of what: String) throws(ConfigurationError) -> String {
    let text = try section.required("url", of: what)
    if let problem = problem(ofURL: text) { throw section.error(problem, at: "url") }
    return text
  }

  /// What is wrong with the URL of a sink, without the URL, or `nil` where nothing is.
  package static func problem(ofURL text: String) -> String? {
    guard let url = URL(string: text, encodingInvalidCharacters: false), let scheme = url.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = url.host(percentEncoded: true), !host.isEmpty, !host.contains("%"),
      (1...65_535).contains(url.port ?? 80)
    else { return "a url has to begin with http:// or https:// and to name a host" }
    guard url.user(percentEncoded: true) == nil, url.password(percentEncoded: true) == nil else {
      return "a url has no user and no password in it; a webhook is signed instead"
    }
    return url.fragment == nil ? nil : "a url has no # here"
  }

  /// Whether a text can stand in a header of a mail as one address: in ASCII, without a space and what separates.
  private static func isMailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>[]:;,\\\"".utf8.contains($0) }
  }
}
