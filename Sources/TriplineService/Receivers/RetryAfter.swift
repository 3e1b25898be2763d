/// The header `Retry-After` of RFC 9110.
enum RetryAfter {
  /// How long to wait in milliseconds, at least 0, by a number of seconds or a date; `nil` where the text is neither.
  static func milliseconds(_ text: String, at now: Int64) -> Int64? {
    let text = text.trimmingPrefix { $0 == " " }
    if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
      // What has more digits is longer than anybody waits.
      return (Int64(text.prefix(9)) ?? 0) * 1000
    }
    return InternetDate.milliseconds(String(text)).map { max(0, $0 - now) }
  }
}
