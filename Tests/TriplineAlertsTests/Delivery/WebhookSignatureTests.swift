import Testing

@testable import TriplineAlerts

@Suite struct WebhookSignatureTests {
  private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  /// The vector of the specification's own tests.
  @Test func `it is that of the reference implementations`() throws {
    let signature = try #require(WebhookSignature(secrets: [secret]))
    let headers = signature.headers(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
    #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
    #expect(headers[2].value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test func `while a secret is being replaced both sign, and neither is told`() throws {
    let other = "whsec_" + String(repeating: "QUJD", count: 8)
    let signature = try #require(WebhookSignature(secrets: [other, secret]))
    let value = signature.headers(id: "a", seconds: 1, body: [])[2].value
    #expect(value.split(separator: " ").count == 2)
    #expect(!"\(signature) \(String(reflecting: signature))".contains("QUJD"))
  }

  @Test(arguments: ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_QUJD", "whsec_not base64 at all!!!"])
  func `what is no secret is refused`(text: String) { #expect(WebhookSignature(secrets: [text]) == nil) }

  @Test(arguments: [Int64.min, .max, 0, -1])
  func `whatever time a sender claims, it is refused and does no harm`(_ time: Int64) throws {
    let signature = try #require(WebhookSignature(secrets: [WebhookSignature.makeSecret()]))
    let headers = ["webhook-id": "a", "webhook-timestamp": "\(time)", "webhook-signature": "v1,x"]
    #expect(throws: WebhookSignature.Refusal.outOfTime) {
      try signature.verify(headers: headers, body: [], seconds: 1_800_000_000)
    }
  }

  @Test func `what is signed with the new or the old secret is believed, and nothing else`() throws {
    let secrets = [WebhookSignature.makeSecret(), WebhookSignature.makeSecret()]
    let sender = try #require(WebhookSignature(secrets: secrets))
    let headers = Dictionary(
      uniqueKeysWithValues: sender.headers(id: "alrt_a", seconds: 1000, body: [1, 2]).map { ($0.name, $0.value) })
    for secret in secrets {
      let receiver = try #require(WebhookSignature(secrets: [secret]))
      #expect(try receiver.verify(headers: headers, body: [1, 2], seconds: 1200) == "alrt_a")
      #expect(throws: WebhookSignature.Refusal.notSigned) {
        try receiver.verify(headers: headers, body: [1, 3], seconds: 1200)
      }
      #expect(throws: WebhookSignature.Refusal.outOfTime) {
        try receiver.verify(headers: headers, body: [1, 2], seconds: 1301)
      }
    }
    let stranger = try #require(WebhookSignature(secrets: [WebhookSignature.makeSecret()]))
    #expect(throws: WebhookSignature.Refusal.notSigned) {
      try stranger.verify(headers: headers, body: [1, 2], seconds: 1000)
    }
    #expect(throws: WebhookSignature.Refusal.incomplete) { try sender.verify(headers: [:], body: [], seconds: 0) }
  }
}
