import Foundation

/// What the operations server answers.
struct OperationsReply: Sendable, Hashable {
  /// The status.
  var status: Int
  /// What the body is.
  var contentType: String
  /// The body.
  var body: [UInt8]
  /// The methods that a path knows, where another one was asked for.
  var allowed: String?

  /// Lines of plain text.
  static func text(_ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8") -> Self {
    OperationsReply(status: status, contentType: contentType, body: Array(text.utf8))
  }

  /// How all parts are; 503 where one does not work.
  static func health(_ health: Health) -> Self {
    OperationsReply(
      status: health.isReady ? 200 : 503, contentType: "application/json", body: json(health) + [UInt8(ascii: "\n")])
  }

  /// A problem as RFC 9457 has it.
  ///
  /// - Parameters:
  ///   - status: the status.
  ///   - title: what kind of problem it is, the same each time.
  ///   - detail: what is wrong this time and what to do, without secrets.
  static func problem(_ status: Int, _ title: String, _ detail: String) -> Self {
    OperationsReply(
      status: status, contentType: "application/problem+json",
      body: json(Problem(title: title, status: status, detail: detail)))
  }

  private struct Problem: Encodable {
    var type = "about:blank"
    var title: String
    var status: Int
    var detail: String
  }

  private static func json(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and whole numbers can always be encoded.
    guard let data = try? encoder.encode(value) else { preconditionFailure("a text that cannot be written as JSON") }
    return Array(data)
  }
}
