import Glibc
import Testing
import TriplineTesting

@testable import TriplineFormats

@Suite struct DecimalNumberTests {
  private func parse(_ text: String) -> Double? {
    let bytes = Array("x\(text)x".utf8)
    return DecimalNumber.parse(bytes.span, 1..<bytes.count - 1)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `every decimal is bit-equal to strtod`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      let digits = (0..<Int.random(in: 1...24, using: &random)).map { _ in
        String(Int.random(in: 0...9, using: &random))
      }.joined()
      let point = Int.random(in: 0...digits.count, using: &random)
      var text = digits.prefix(point) + "." + digits.dropFirst(point)
      if Bool.random(using: &random) { text = "-" + text }
      if Int.random(in: 0..<4, using: &random) == 0 { text += "e\(Int.random(in: -330...310, using: &random))" }
      #expect(parse(String(text))?.bitPattern == strtod(String(text), nil).bitPattern, "\(text), seed \(seed)")
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `every shortest text of a double reads back as that double`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      let value = Double.random(in: -180...180, using: &random)
      #expect(parse("\(value)") == value, "\(value), seed \(seed)")
    }
  }

  @Test(arguments: [
    "9007199254740993", "9007199254740992.5", "0.1", "-0", "1e22", "1e23", "1e-22", "4.9e-324", "2.5e-324", "1e400",
    "1844674407370955161.5", "9999999999999999999", "0.9999999999999999999", "179.99999999999999999", "1.", ".5", "+7",
    "9223372036854775807.9999999999999", "0e99999999999999999999",
  ])
  func `hard cases are bit-equal to strtod`(text: String) {
    #expect(parse(text)?.bitPattern == strtod(text, nil).bitPattern)
  }

  @Test(arguments: ["", " ", "-", ".", "e5", "1e", "1e+", "1.2.3", "12a", "0x10", "1,5", "nano", "in", "--1", "1 2"])
  func `anything else is no number`(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func `the literal words are numbers`() {
    #expect(parse("NaN")?.isNaN == true)
    #expect(parse("-inf") == -.infinity)
    #expect(parse("Infinity") == .infinity)
    #expect(parse(" 1.5\t") == 1.5)
  }
}
