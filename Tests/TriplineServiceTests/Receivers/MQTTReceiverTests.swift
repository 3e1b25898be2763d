import Testing

@testable import TriplineAlerts
@testable import TriplineService

/// What a broker does besides is held against a real one by `Scripts/test mqtt`.
@Suite struct MQTTReceiverTests {
  private func settings(_ text: String) throws -> [ReceiverSettings] {
    var root = try YAMLSection.document("receivers: [{name: dispatch, mqtts: [\(text)]}]", file: "rules.yaml")
    return try ReceiverSettings.read(&root)
  }

  @Test func `commands do not get the variable of a password`() throws {
    let settings = try settings("{host: a, topic: b, username: c, password_env: BROKER_PASSWORD}")
    #expect(Receivers.visible(["PATH": "/bin", "BROKER_PASSWORD": "x"], settings) == ["PATH": "/bin"])
  }

  #if MQTT
    private let access = "{host: broker.example.com, topic: alerts, username: fleet, "

    @Test func `a receiver is made, and shows no password`() throws {
      let entries = try Receivers.make(
        try settings(access + "password_file: pw, tls: {ca_file: ca.pem, cert_file: own.pem, key_file: own.key}}"),
        environment: [:], in: "/rules", contents: { $0.hasPrefix("/rules/") ? "pa55word\n" : nil })
      #expect(entries.count == 1 && !entries[0].sink.takesGroups)
      let text = String(reflecting: entries)
      #expect(text.contains("broker.example.com") && !text.contains("pa55"))
    }

    @Test(arguments: [
      ("password_file: pw}", "a file that password_file names cannot be read"),
      ("password_env: PW}", "the variable PW that password_env names is not set"),
      ("password_env: EMPTY}", "the password of fleet is empty"),
      ("tls: {ca_file: ca.pem}}", "the file that ca_file names cannot be read"),
    ])
    func `what is missing is told with its place`(text: String, message: String) throws {
      let settings = try settings(access + text)
      let error = try #require(throws: ConfigurationError.self) {
        try Receivers.make(settings, environment: ["EMPTY": " "], file: "rules.yaml", contents: { _ in nil })
      }
      #expect(error.message.hasPrefix("\(settings[0].sinks[0].id): \(message)"), "\(error)")
      #expect(error.file == "rules.yaml" && error.line == 1)
    }

    @Test func `a broker that is not there is a failed attempt with a reason, every time`() async throws {
      // Nobody listens at the port of a discard service.
      let receiver = try Receivers.make(
        try settings("{host: 127.0.0.1, port: 9, topic: alerts, timeout: 60s}"), environment: [:])[0].receiver
      for _ in 0..<2 {
        let attempt = await receiver.attempt(ReceiverSamples.parcel())
        #expect(attempt == .failed("the connection to 127.0.0.1 failed: connection refused"))
      }
    }

    @Test func `an attempt that is cancelled ends`() async throws {
      let receiver = try Receivers.make(
        try settings("{host: 127.0.0.1, port: 9, topic: alerts, timeout: 60s}"), environment: [:])[0].receiver
      let attempt = Task { await receiver.attempt(ReceiverSamples.parcel()) }
      attempt.cancel()
      #expect(await attempt.value.outcome == .failed)
    }
  #else
    @Test func `a build without the trait says so, and how to get one with it`() throws {
      let settings = try settings("{host: a, topic: b}")
      let error = try #require(throws: ConfigurationError.self) {
        try Receivers.make(settings, environment: [:], file: "rules.yaml")
      }
      #expect(error.message.hasPrefix("\(settings[0].sinks[0].id): this build of tripline has no MQTT."), "\(error)")
      #expect(error.message.contains("--traits MQTT") && error.file == "rules.yaml" && error.line == 1)
    }
  #endif
}
