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

extension WebhookSignature {
  /// Why something that claims to be sent by a holder of a secret is not believed.
  public enum Refusal: String, Error, Sendable {
    /// A header is missing, or is not what it should be.
    case incomplete = "headers are missing"
    /// It was signed too long ago, or in the future: somebody may send what was sent before.
    case outOfTime = "its time is more than five minutes off"
    /// None of the signatures is of one of the secrets, or something else was signed.
    case notSigned = "no signature fits"
  }

  /// How far the time of a signature may be off, in seconds: what Standard Webhooks recommends.
  public static let tolerance: Int64 = 300

  /// Checks what a receiver was sent, as Standard Webhooks 1.0 has it.
  ///
  /// - Parameters:
  ///   - headers: the headers, with their names in lower case.
  ///   - body: the body as it came.
  ///   - seconds: the time, in seconds since 1970.
  /// - Returns: the id of what was sent.
  /// - Throws: why it is not believed.
  public func verify(headers: [String: String], body: [UInt8], seconds: Int64) throws(Refusal) -> String {
    guard let id = headers["webhook-id"], let time = headers["webhook-timestamp"].flatMap({ Int64($0) }),
      let signatures = headers["webhook-signature"]
    else { throw .incomplete }
    let (difference, isTooLarge) = time.subtractingReportingOverflow(seconds)
    guard !isTooLarge, difference.magnitude <= Self.tolerance else { throw .outOfTime }
    let signed = Array("\(id).\(time).".utf8) + body
    for signature in signatures.split(separator: " ") where signature.hasPrefix("v1,") {
      guard let code = Data(base64Encoded: String(signature.dropFirst(3))) else { continue }
      // In a time that does not depend on where they differ.
      if keys.contains(where: { HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: signed, using: $0) }) {
        return id
      }
    }
    throw .notSigned
  }

  /// A new secret of 32 random bytes.
  public static func makeSecret() -> String {
    SymmetricKey(size: .bits256).withUnsafeBytes { "whsec_" + Data($0).base64EncodedString() }
  }
}

extension WebhookSignature: CustomStringConvertible {
  /// How many secrets there are; nothing of them.
  public var description: String { "\(keys.count) secrets" }
}
