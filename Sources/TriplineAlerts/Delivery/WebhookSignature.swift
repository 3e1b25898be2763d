import Crypto
public import Foundation

/// Signs what is sent to a webhook, as Standard Webhooks 1.0 has it.
public struct WebhookSignature: Sendable {
  private let keys: [SymmetricKey]

  /// Takes secrets, `whsec_` and 24 to 64 bytes in Base64: while a secret is being replaced, the new one and the old one.
  ///
  /// Fails where one is none.
  public init?(secrets: [String]) {
    var keys: [SymmetricKey] = []
    for secret in secrets {
      guard secret.hasPrefix("whsec_"), let bytes = Data(base64Encoded: String(secret.dropFirst(6))),
        (24...64).contains(bytes.count)
      else { return nil }
      keys.append(SymmetricKey(data: bytes))
    }
    guard !keys.isEmpty else { return nil }
    self.keys = keys
  }

  /// The headers of an attempt: the id stays the same from attempt to attempt, the time does not.
  ///
  /// - Parameters:
  ///   - id: the id of what is sent.
  ///   - seconds: the time of the attempt in seconds since 1970.
  ///   - body: what is sent.
  public func headers(id: String, seconds: Int64, body: [UInt8]) -> [(name: String, value: String)] {
    let signed = Array("\(id).\(seconds).".utf8) + body
    let signatures = keys.map { key in
      "v1," + Data(HMAC<SHA256>.authenticationCode(for: signed, using: key)).base64EncodedString()
    }
    return [
      ("webhook-id", id), ("webhook-timestamp", "\(seconds)"), ("webhook-signature", signatures.joined(separator: " ")),
    ]
  }
}

extension WebhookSignature: CustomStringConvertible {
  /// How many secrets there are; nothing of them.
  public var description: String { "\(keys.count) secrets" }
}
