import TriplineJSON

/// JSON texts as the API sends them.
enum JSONText {
  /// The value of a text, or `nil` where it is none.
  static func value(_ bytes: [UInt8]) -> JSONValue? { try? JSONDocument.parse(bytes.span, bytes.indices) }

  /// The value of an answer.
  ///
  /// - Throws: `malformedAnswer`.
  static func read(_ reply: HTTPReply) throws(MyCarTracksError) -> JSONValue {
    guard let value = value(reply.body) else { throw malformed("is no JSON") }
    return value
  }

  /// The rows of a list. Only `data` is documented; a bare array, and `data` within `data`, are ASSUMED to be possible.
  ///
  /// - Throws: `malformedAnswer`.
  static func rows(_ root: JSONValue) throws(MyCarTracksError) -> JSONArray {
    if let rows = root.array ?? root.object?["data"]?.array ?? root.object?["data"]?.object?["data"]?.array {
      return rows
    }
    throw malformed("has no list of rows named data")
  }

  /// A single object, bare or as `data` (ASSUMED: either).
  ///
  /// - Throws: `malformedAnswer`.
  static func object(_ root: JSONValue) throws(MyCarTracksError) -> JSONObject {
    guard let object = root.object?["data"]?.object ?? root.object?["data"]?.array?.first?.object ?? root.object else {
      throw malformed("is no object")
    }
    return object
  }

  /// What an error's body says, of at most 200 characters and without a secret, or `nil`; it is not documented, and may be empty
  /// or HTML.
  static func message(_ bytes: [UInt8], without secret: Secret?) -> String? {
    guard let object = value(bytes)?.object else { return nil }
    for name in ["message", "error_description", "error", "title", "detail"] {
      if let text = object[name]?.string, !text.isEmpty {
        let told = secret.map { text.replacing($0.text, with: "(token)") } ?? text
        return String(told.prefix(200).map { $0.isNewline ? " " : $0 })
      }
    }
    return nil
  }

  private static func malformed(_ reason: String) -> MyCarTracksError {
    MyCarTracksError(
      .malformedAnswer,
      "the answer \(reason). Check the base URL; `tripline contract check` compares with the API's own description.")
  }
}
