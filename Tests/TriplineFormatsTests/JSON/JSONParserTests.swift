import Glibc
import Testing
import TriplineTesting

@testable import TriplineFormats

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws(JSONParser.Failure) -> JSONValue {
    let bytes = Array(text.utf8)
    return try JSONParser.parse(bytes.span, bytes.indices)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `every number is bit-equal to strtod`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let text = "\(Double.random(in: -180...180, using: &random))\(Int.random(in: 0...999, using: &random))"
      #expect(try parse(" [\(text)] ").array?[0].number == strtod(text, nil), "\(text), seed \(seed)")
    }
    #expect(try parse("-0").number?.sign == .minus)
    #expect(try parse("123456789012345678901").number == 123456789012345683968)
  }

  @Test func `strings are read with every escape`() throws {
    let text = #""a\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\uDE9aж""#
    #expect(try parse(text).string == "a\"\\/\u{8}\u{C}\n\r\té€🚚ж")
  }

  @Test func `objects and lists nest`() throws {
    let value = try parse(#" { "a" : [ 1 , true , null , { } , [ ] ] , "b" : "" , "a\u0062" : -1.5e2 } "#)
    let object = try #require(value.object)
    #expect(object["a"]?.array?.count == 5)
    #expect(object["ab"]?.number == -150)
    #expect(object["b"]?.identifier == nil)
  }

  @Test(arguments: [
    ("", 0), ("{", 1), ("[1,]", 3), ("[1 2]", 3), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{a:1}", 1), ("tru", 0),
    ("nul!", 0),
    ("01", 2), ("1.", 2), ("1e", 2), ("-", 1), ("+1", 0), (".5", 0), ("NaN", 0), ("\"abc", 4), ("\"a\nb\"", 2),
    ("\"\\x\"", 3), ("\"\\u12\"", 3), ("\"\\ud83d\"", 7), ("1 2", 2), ("{\"a\":1,}", 7),
  ])
  func `anything else fails at its place`(text: String, offset: Int) {
    let failure = #expect(throws: JSONParser.Failure.self) { try parse(text) }
    #expect(failure?.offset == offset, "\(failure?.reason ?? "")")
  }

  @Test func `nesting has a limit`() throws {
    let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(try parse(deepest).array?.count == 1)
    #expect(throws: JSONParser.Failure.self) { try parse("[" + deepest + "]") }
  }
}
