import Glibc
import Testing
import TriplineTesting

@testable import TriplineJSON

@Suite struct JSONDocumentTests {
  private func parse(_ text: String) throws(JSONDocument.Failure) -> JSONValue {
    let bytes = Array(text.utf8)
    return try JSONDocument.parse(bytes.span, bytes.indices)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `every number is bit-equal to strtod`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let texts = (0..<50).map { _ in
        let digits = (1...Int.random(in: 1...24, using: &random)).map { _ in Int.random(in: 0...9, using: &random) }
        let fraction = digits.map(String.init).joined()
        let number = "\(Int.random(in: -180...180, using: &random)).\(fraction)"
        return Bool.random(using: &random) ? number : number + "e\(Int.random(in: -330...300, using: &random))"
      }
      let numbers = try #require(try parse("[\(texts.joined(separator: " , "))]").array)
      for (text, number) in zip(texts, numbers) {
        #expect(number.number?.bitPattern == strtod(text, nil).bitPattern, "\(text), seed \(seed)")
      }
    }
  }

  @Test(arguments: ["0", "13", "-180", "9007199254740993", "9223372036854775807", "-9223372036854775808"])
  func `whole numbers are numbers and ids to the digit`(text: String) throws {
    #expect(try parse(text).number == strtod(text, nil))
    #expect(try parse(text).identifier == text)
  }

  @Test(arguments: ["123456789012345678901", "-9223372036854775809", "1000000000000000000000000000000"])
  func `whole numbers of more than 64 bits are doubles`(text: String) throws {
    let values = try #require(try parse("[\(text),13,0.5]").array)
    #expect(values.map(\.number) == [strtod(text, nil), 13, 0.5])
    #expect(values[1].identifier == "13")
  }

  @Test(arguments: ["1e400", "9e308", "-123456789e308", "1797693134862315800e292"])
  func `a number beyond every double is refused`(text: String) {
    let failure = #expect(throws: JSONDocument.Failure.self) { try parse("[1,\n\(text)]") }
    #expect(failure?.line == 2 && failure?.reason.isEmpty == false)
  }

  @Test func `strings are read with every escape`() throws {
    let text = #""a\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\uDE9aж\u0000z""#
    #expect(try parse(text).string == "a\"\\/\u{8}\u{C}\n\r\té€🚚ж\0z")
  }

  @Test func `objects and lists nest, and of a key twice the last counts`() throws {
    let value = try parse(#" { "a" : 1, "b" : "" , "a\u0062" : -1.5e2, "a" : [ 1 , true , null , { } , [ ] ] } "#)
    let object = try #require(value.object)
    #expect(object["a"]?.array?.count == 5)
    #expect(object["a"]?.array?.map(\.brief) == ["1", "true", "null", "{…}", "[…]"])
    #expect(object["ab"]?.number == -150)
    #expect(object["b"]?.identifier == nil)
    #expect(object["c"] == nil && object["a\0"] == nil)
    #expect(object.map(\.key) == ["a", "b", "ab", "a"])
  }

  @Test func `a value outlives the text it was read from and its neighbours`() throws {
    let last = try parse(#"[[1,2],{"a":["x","depot"]}]"#).array?.last?.object?["a"]?.array?.last
    #expect(last?.string == "depot")
  }

  @Test(arguments: [
    "", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "tru", "nul!", "01", "1.", "1e", "-", "+1", ".5", "NaN",
    "\"abc", "\"a\nb\"", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "1 2", "{\"a\":1,}", "{}\0{}",
  ])
  func `anything else fails at its line`(text: String) {
    let failure = #expect(throws: JSONDocument.Failure.self) { try parse("\n\n" + text) }
    #expect([3, 4].contains(failure?.line), "\(String(describing: failure))")
    #expect(failure?.reason.isEmpty == false)
  }

  @Test func `text that is not UTF-8 fails`() {
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(throws: JSONDocument.Failure.self) { try JSONDocument.parse(bytes.span, bytes.indices) }
  }

  @Test func `nesting has a limit`() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try parse(nested(1000)).array?.count == 1)
    #expect(throws: JSONDocument.Failure.self) { try parse(nested(100_000)) }
  }
}
