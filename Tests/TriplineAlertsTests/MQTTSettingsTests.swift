import Testing

@testable import TriplineAlerts

@Suite struct MQTTSettingsTests {
  private func read(_ text: String) throws(ConfigurationError) -> ReceiverSettings.Sink {
    var root = try YAMLSection.document("receivers: [{name: dispatch, mqtts: [\(text)]}]", file: "rules.yaml")
    return try ReceiverSettings.read(&root)[0].sinks[0]
  }

  private func broker(_ text: String) throws -> ReceiverSettings.MQTT? {
    guard case .mqtt(let broker) = try read(text).kind else { return nil }
    return broker
  }

  @Test func `a broker needs a host and a topic, and has defaults for the rest`() throws {
    let sink = try read("{host: broker.example.com, topic: fleet/alerts}")
    #expect(sink.id.hasPrefix("dispatch/mqtt/") && sink.line == 1)
    #expect(
      sink.kind
        == .mqtt(
          ReceiverSettings.MQTT(
            host: "broker.example.com", port: 1883, topic: "fleet/alerts", qualityOfService: 1, isRetained: false,
            clientID: nil, username: nil, password: nil, tls: nil, timeout: 15_000)))
  }

  @Test func `all of a broker is read`() throws {
    let broker = try broker(
      """
      {host: '2001:db8::7', port: 18883, topic: fleet/žďár, qos: 2, retain: true, client_id: tripline-1, username: fleet,
       password_file: /run/secrets/broker, tls: {ca_file: ca.pem, cert_file: own.pem, key_file: own.key}, timeout: 5s}
      """)
    let identity = ReceiverSettings.MQTT.TLS.Identity(certificate: "own.pem", key: "own.key")
    #expect(
      broker
        == ReceiverSettings.MQTT(
          host: "2001:db8::7", port: 18_883, topic: "fleet/žďár", qualityOfService: 2, isRetained: true,
          clientID: "tripline-1", username: "fleet", password: .file("/run/secrets/broker"),
          tls: ReceiverSettings.MQTT.TLS(authorities: "ca.pem", identity: identity), timeout: 5000))
  }

  @Test(arguments: [
    ("true", ReceiverSettings.MQTT.TLS(), 8883), ("false", nil, 1883), ("{}", ReceiverSettings.MQTT.TLS(), 8883),
    ("{ca_file: ca.pem}", ReceiverSettings.MQTT.TLS(authorities: "ca.pem"), 8883),
  ])
  func `the port follows from whether there is TLS`(text: String, tls: ReceiverSettings.MQTT.TLS?, port: Int) throws {
    let broker = try broker("{host: a, topic: b, tls: \(text)}")
    #expect(broker?.tls == tls && broker?.port == port)
  }

  @Test func `a password is named by a variable as well`() throws {
    #expect(try broker("{host: a, topic: b, username: c, password_env: D}")?.password == .variable("D"))
  }

  @Test func `a client id follows from the id of the sink, in a form that every broker takes`() throws {
    let broker = try #require(try broker("{host: a, topic: b}"))
    let id = broker.clientID(ofSink: "dispatch/mqtt/1")
    #expect(id == broker.clientID(ofSink: "dispatch/mqtt/1") && id != broker.clientID(ofSink: "dispatch/mqtt/2"))
    #expect(id.hasPrefix("tripline") && id.utf8.count == 23)
    #expect(id.utf8.allSatisfy { Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber })
    #expect(try self.broker("{host: a, topic: b, client_id: own}")?.clientID(ofSink: "dispatch/mqtt/1") == "own")
  }

  @Test(arguments: [
    ("{topic: b}", "needs a host"), ("{host: a}", "needs a topic"), ("{host: a, topic: ''}", "needs a topic"),
    ("{host: 'mqtt://me:pa55@a', topic: b}", "host has to be"), ("{host: 'a:1883', topic: b}", "host has to be"),
    ("{host: 'a b', topic: b}", "host has to be"), ("{host: '[::1]', topic: b}", "host has to be"),
    ("{host: a, topic: b/#}", "without + and #"), ("{host: a, topic: +/b}", "without + and #"),
    (#"{host: a, topic: "a\0b"}"#, "topic has to be"), (#"{host: a, topic: "a\nb"}"#, "topic has to be"),
    ("{host: a, topic: b, port: 0}", "from 1 to 65535"), ("{host: a, topic: b, port: 65536}", "from 1 to 65535"),
    ("{host: a, topic: b, port: 1.5}", "whole number"), ("{host: a, topic: b, qos: 3}", "from 0 to 2"),
    ("{host: a, topic: b, retain: 1}", "true or false"), ("{host: a, topic: b, client_id: ''}", "client_id has to be"),
    ("{host: a, topic: b, username: ''}", "username has to be"),
    ("{host: a, topic: b, username: c, password: pa55}", "password_file"),
    ("{host: a, topic: b, username: c, password_file: d, password_env: E}", "by password_file or by password_env"),
    ("{host: a, topic: b, username: c, password_file: ''}", "by password_file or by password_env"),
    ("{host: a, topic: b, password_file: d}", "needs a username"),
    ("{host: a, topic: b, tls: [ca.pem]}", "true, false or a mapping"),
    ("{host: a, topic: b, tls: ca.pem}", "true or false"), ("{host: a, topic: b, tls: {ca: ca.pem}}", "has no ca"),
    ("{host: a, topic: b, tls: {ca_file: ''}}", "has to be a path"),
    ("{host: a, topic: b, tls: {ca_file: c, cert_file: d}}", "go together"),
    ("{host: a, topic: b, tls: {ca_file: c, key_file: d}}", "go together"),
    ("{host: a, topic: b, tls: {cert_file: c, key_file: d}}", "needs a ca_file"),
    ("{host: a, topic: b, timeout: 6m}", "at most 5m"), ("{host: a, topic: b, url: c}", "has no url"),
  ])
  func `a mistake in a broker is told with its place, and nothing that may be secret`(
    text: String, message: String
  ) throws {
    let error = try #require(throws: ConfigurationError.self) { try read(text) }
    #expect(error.message.contains(message) && !error.message.contains("pa55") && error.line != nil, "\(error)")
  }

  @Test(arguments: [(65_535, true), (65_536, false)])
  func `a topic has at most 65,535 bytes`(count: Int, isValid: Bool) {
    let topic = String(repeating: "t", count: count)
    #expect((try? broker("{host: a, topic: \(topic)}")) == nil ? !isValid : isValid)
  }
}
