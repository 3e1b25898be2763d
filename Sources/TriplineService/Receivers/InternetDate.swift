import TriplineFormats

/// Dates as headers of HTTP and of mails have them, like `Sun, 06 Nov 1994 08:49:37 GMT`.
enum InternetDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The time of a header of HTTP in milliseconds UTC, or `nil` where it is none in the form that is to be sent.
  static func milliseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", parts[1].count == 2, parts[3].count == 4,
      parts[4].count == 8, let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    return Timestamp.milliseconds("\(parts[3])-\(twoDigits(month + 1))-\(parts[1])T\(parts[4])Z")
  }

  /// A time in milliseconds UTC for the header `Date` of a mail; `nil` outside the years 1 to 9999.
  static func mailText(_ time: Int64) -> String? {
    guard let text = Timestamp.text(time) else { return nil }
    let parts = text.split { "-T.".contains($0) }
    guard parts.count == 5, let month = Int(parts[1]) else { return nil }
    let day = Int((time - (time % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000)
    return "\(days[(day % 7 + 7) % 7]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) +0000"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
