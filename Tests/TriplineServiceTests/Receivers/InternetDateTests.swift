import Testing

@testable import TriplineService

@Suite struct InternetDateTests {
  /// The first is the example of RFC 9110.
  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", Int64?(784_111_777_000)), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Mon, 23 Nov 2026 10:35:14 GMT", 1_795_430_114_000), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
    ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("06 Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Now 1994 08:49:37 GMT", nil),
    ("", nil),
  ])
  func `a date of HTTP is read`(text: String, time: Int64?) { #expect(InternetDate.milliseconds(text) == time) }

  @Test(arguments: [
    (Int64(784_111_777_000), "Sun, 06 Nov 1994 08:49:37 +0000"), (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
    (-1000, "Wed, 31 Dec 1969 23:59:59 +0000"), (1_795_430_114_999, "Mon, 23 Nov 2026 10:35:14 +0000"),
    (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"),
  ])
  func `a date of mails is written`(time: Int64, text: String) { #expect(InternetDate.mailText(time) == text) }

  @Test(arguments: [
    ("120", Int64?(120_000)), ("0", 0), (" 5", 5000), ("99999999999999999999", 999_999_999_000), ("-5", nil), ("", nil),
    ("1.5", nil), ("soon", nil), ("Mon, 23 Nov 2026 10:36:14 GMT", 60_000), ("Mon, 23 Nov 2026 10:30:14 GMT", 0),
  ])
  func `Retry-After has seconds or a date`(text: String, wait: Int64?) {
    #expect(RetryAfter.milliseconds(text, at: ReceiverSamples.now) == wait)
  }
}
