import Yams

extension ReceiverSettings {
  /// A broker of MQTT, and what it is sent.
  public struct MQTT: Sendable, Hashable {
    /// The name or the address of its host.
    public var host: String
    /// Its port.
    public var port: Int
    /// The topic of every message.
    public var topic: String
    /// The quality of service: 0, 1 or 2.
    public var qualityOfService: Int
    /// Whether the broker keeps the last message for those who subscribe later.
    public var isRetained: Bool
    /// By what the broker knows the sink, where somebody has said so; of two clients with the same it sends one away.
    public var clientID: String?
    /// Who the sink is to the broker, where it asks.
    public var username: String?
    /// Where the password is.
    public var password: SecretPlace?
    /// By what certificates the connection is encrypted, or `nil` where it is not.
    public var tls: TLS?
    /// How long an attempt may take in milliseconds, a connection that has to be made included.
    public var timeout: Int64

    /// Certificates.
    public struct TLS: Sendable, Hashable {
      /// The path of the certificates that are believed in; those of the system where it is `nil`.
      public var authorities: String?
      /// The sink's own.
      public var identity: Identity?

      /// A certificate and its key.
      public struct Identity: Sendable, Hashable {
        /// The path of the certificate, with those between it and its authority.
        public var certificate: String
        /// The path of its key, which has no password.
        public var key: String
      }
    }

    /// By what the broker knows the sink with an id: where nobody has said so always the same 23 letters and digits, which every
    /// broker has to take.
    public func clientID(ofSink id: String) -> String { clientID ?? "tripline" + AlertID.digest([id]).prefix(15) }
  }

  /// Reads a broker.
  static func mqtt(_ section: inout YAMLSection) throws(ConfigurationError) -> MQTT {
    guard !section.has("password") else {
      throw section.error(
        "a password does not stand in this file; put it in a file of its own and name that by password_file",
        at: "password")
    }
    let host = try section.required("host", of: "an mqtt")
    guard isHost(host) else {
      throw section.error("host has to be a name or an address alone; the port stands in port", at: "host")
    }
    let tls = try tls(&section)
    let mqtt = MQTT(
      host: host, port: try whole("port", 1...65_535, &section) ?? (tls == nil ? 1883 : 8883),
      topic: try topic(&section), qualityOfService: try whole("qos", 0...2, &section) ?? 1,
      isRetained: try section.truth("retain") ?? false, clientID: try clientID(&section),
      username: try section.text("username"), password: try password(&section), tls: tls,
      timeout: try timeout(&section) ?? answerTimeout)
    if let username = mqtt.username, !isText(username) {
      throw section.error("username has to be a text of at most 65535 bytes", at: "username")
    }
    guard mqtt.password == nil || mqtt.username != nil else { throw section.error("a password needs a username") }
    try section.finish("an mqtt")
    return mqtt
  }

  private static func topic(_ section: inout YAMLSection) throws(ConfigurationError) -> String {
    let topic = try section.required("topic", of: "an mqtt")
    guard isText(topic), !topic.contains(where: { $0 == "+" || $0 == "#" }) else {
      throw section.error(
        "topic has to be of at most 65535 bytes, without + and #, which are for those who subscribe", at: "topic")
    }
    return topic
  }

  private static func clientID(_ section: inout YAMLSection) throws(ConfigurationError) -> String? {
    guard let id = try section.text("client_id") else { return nil }
    guard isText(id) else { throw section.error("client_id has to be a text of at most 65535 bytes", at: "client_id") }
    return id
  }

  private static func password(_ section: inout YAMLSection) throws(ConfigurationError) -> SecretPlace? {
    switch (try section.text("password_file"), try section.text("password_env")) {
    case (nil, nil): return nil
    case (let path?, nil) where !path.isEmpty: return .file(path)
    case (nil, let name?) where !name.isEmpty: return .variable(name)
    default: throw section.error("a password is named either by password_file or by password_env")
    }
  }

  private static func tls(_ section: inout YAMLSection) throws(ConfigurationError) -> MQTT.TLS? {
    guard section.node("tls")?.mapping != nil, var part = try section.section("tls") else {
      guard section.node("tls")?.sequence == nil else {
        throw section.error("tls has to be true, false or a mapping of ca_file, cert_file and key_file", at: "tls")
      }
      return try section.truth("tls") ?? false ? MQTT.TLS() : nil
    }
    var tls = MQTT.TLS(authorities: try path("ca_file", &part))
    switch (try path("cert_file", &part), try path("key_file", &part)) {
    case (nil, nil): break
    case (let certificate?, let key?): tls.identity = MQTT.TLS.Identity(certificate: certificate, key: key)
    default: throw part.error("cert_file and key_file go together")
    }
    guard tls.identity == nil || tls.authorities != nil else { throw part.error("cert_file needs a ca_file") }
    try part.finish("tls")
    return tls
  }

  private static func path(_ key: String, _ section: inout YAMLSection) throws(ConfigurationError) -> String? {
    guard let path = try section.text(key) else { return nil }
    guard !path.isEmpty else { throw section.error("\(key) has to be a path", at: key) }
    return path
  }

  private static func whole(
    _ key: String, _ range: ClosedRange<Int>, _ section: inout YAMLSection
  ) throws(ConfigurationError) -> Int? {
    guard let text = try section.text(key) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw section.error("\(key) has to be a whole number from \(range.lowerBound) to \(range.upperBound)", at: key)
    }
    return number
  }

  /// Whether a text can be sent as one of MQTT.
  private static func isText(_ text: String) -> Bool {
    (1...65_535).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  /// Whether a text can be a host: of IPv6 the colons are more than one.
  private static func isHost(_ text: String) -> Bool {
    text.count { $0 == ":" } != 1
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/@[]".utf8.contains($0) }
  }
}
