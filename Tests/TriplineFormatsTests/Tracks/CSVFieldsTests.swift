import Testing
import TriplineTesting

@testable import TriplineFormats

@Suite struct CSVFieldsTests {
  private func split(_ line: String, limit: Int = .max) -> [String]? {
    let bytes = Array("##\(line)##".utf8)
    var fields = CSVFields(delimiter: UInt8(ascii: ","))
    guard fields.split(bytes.span, 2..<bytes.count - 2, limit: limit) == nil else { return nil }
    return fields.ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `lines without quotes are split at every comma`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let letters = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        [",", ",", "a", "\u{AC}", "-", "+", "\u{0}", "é"].randomElement(using: &random) ?? ","
      }
      let line = letters.joined()
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let limit = Int.random(in: 1...20, using: &random)
      #expect(split(line) == fields, "\(line), seed \(seed)")
      #expect(split(line, limit: limit) == Array(fields.prefix(limit)), "\(line), limit \(limit), seed \(seed)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `fields in quotes come back at any place of a line`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let fields = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        ["", "a", "12.345", "a,b", ",", "\"\"", "x\"\"y,", "longer than eight"].randomElement(using: &random) ?? ""
      }
      let line = fields.map { $0.contains(",") || $0.contains("\"") ? "\"\($0)\"" : $0 }.joined(separator: ",")
      #expect(split(line) == fields, "\(line), seed \(seed)")
    }
  }

  @Test(arguments: ["\"a", "a,\"b", "a,b,c,d,e,\"f\"\"", "\"a\"b", "12345678,\"a\" ,b"])
  func `quotes that are not closed or followed by text are flaws`(line: String) {
    #expect(split(line) == nil)
  }

  @Test func `a quote within a field is text`() {
    #expect(split("5\",6' 2\",\"\"") == ["5\"", "6' 2\"", ""])
  }
}
