import Foundation
import Testing

@testable import TriplineAlerts

@Suite struct MatcherTests {
  private static let labels = [
    "alertname": "LongDwell", "severity": "page", "fence": "depot \"north\"", "note": "a\nb",
  ]

  /// What is written, and whether the labels are so.
  static let matchers: [(String, Bool)] = [
    ("severity=\"page\"", true), ("severity=page", true), (" severity = \"page\" ", true), ("severity=pages", false),
    ("severity!=page", false), ("severity!=\"warning\"", true), ("alertname=~\"Long.*\"", true),
    ("alertname=~\"Long\"", false), ("alertname=~\"Dwell\"", false), ("alertname=~Short|LongDwell", true),
    ("alertname=~\"Long|Dwell\"", false), ("alertname!~\"Long\"", true), ("alertname!~\"Long.*\"", false),
    // A label that is not there is the empty text.
    ("team=\"\"", true), ("team=", true), ("team!=\"\"", false), ("team=~\".*\"", true), ("team=~\".+\"", false),
    ("severity!=\"\"", true), ("fence=\"depot \\\"north\\\"\"", true), ("note=~\"a.b\"", true),
    ("note=\"a\\nb\"", true),
    ("severity=~\"\\w{4}\"", true), ("severity=~\"page\n\"", false), ("Severity=page", false),
  ]

  @Test(arguments: matchers)
  func `a matcher is read, matches whole labels, and reads back from its description`(text: String, isMatching: Bool)
    throws
  {
    let matcher = try Matcher(text)
    #expect(matcher.matches(Self.labels) == isMatching)
    let again = try Matcher(matcher.description)
    #expect(again == matcher && again.matches(Self.labels) == isMatching)
    #expect(try JSONDecoder().decode([Matcher].self, from: try JSONEncoder().encode([matcher])) == [matcher])
  }

  @Test func `a description has the value in quotes`() throws {
    #expect(try Matcher("severity=page").description == "severity=\"page\"")
    #expect(try Matcher("fence!~a\\d").description == "fence!~\"a\\\\d\"")
  }

  @Test(
    arguments: [
      ("severity", "is written like"), ("", "is written like"), ("=page", "has to be a name"),
      ("a b=c", "has to be a name"), ("severity=\"page", "are not closed"), ("severity=\"page\"x", "are not closed"),
      ("severity=pa\"ge", "begin in the middle"), ("severity=~\"(\"", "is no regular expression"),
      ("severity=~\"a)(b\"", "is no regular expression"), ("{severity=\"page\"}", "are not closed"),
    ])
  func `what is no matcher is refused with a reason`(text: String, reason: String) throws {
    let error = #expect(throws: MatcherError.self) { try Matcher(text) }
    #expect(try #require(error).message.contains(reason))
  }

  @Test func `a text that is no matcher is refused when it is decoded`() {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Matcher].self, from: Data("[\"severity\"]".utf8)) }
  }
}
