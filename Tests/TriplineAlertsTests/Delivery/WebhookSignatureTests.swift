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
}
