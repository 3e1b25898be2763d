/// Reads decimal numbers from bytes, bit for bit as `strtod` does in the C locale.
///
/// Fewer than 2^53 in the digits and a power of ten of at most 22 are both exact doubles, so that one multiplication or
/// division rounds correctly (Clinger, "How to read floating point numbers accurately", 1990). Longer digits, which
/// receivers print often, take one 128-bit division. The rest is left to the standard library.
enum DecimalNumber {
  private static let powersOfTen: InlineArray<23, Double> = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The number a range of bytes holds, spaces around it aside, or `nil` where it holds none or anything else.
  ///
  /// `nan`, `inf` and `infinity` in any case, with or without a sign, are numbers.
  static func parse(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Double? {
    let field = trimmed(bytes, field)
    var index = field.lowerBound
    let end = field.upperBound
    guard index < end else { return nil }
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    let digitsStart = index
    var mantissa: UInt64 = 0
    var digits = 0
    var isExact = true
    var exponent = 0
    var sawPoint = false
    while index < end {
      let byte = bytes[index]
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        if mantissa < 1_000_000_000_000_000_000 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if sawPoint { exponent -= 1 }
        } else {
          isExact = false
        }
        digits += 1
      } else if byte == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
        while mantissa < 10_000_000_000, index + 8 < end, let eight = ByteWord(bytes, at: index + 1).number {
          mantissa = mantissa &* 100_000_000 &+ eight
          exponent -= 8
          digits += 8
          index += 8
        }
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return word(bytes, digitsStart..<end, isNegative: isNegative) }
    if index < end {
      guard let written = parseExponent(bytes, index..<end) else { return nil }
      exponent += written
    }
    if isExact, mantissa < 1 << 53, abs(exponent) <= 22 {
      let power = powersOfTen[abs(exponent)]
      let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return isNegative ? -magnitude : magnitude
    }
    if isExact, mantissa >= 1 << 53, -19...0 ~= exponent {
      let magnitude = quotient(mantissa, places: -exponent)
      return isNegative ? -magnitude : magnitude
    }
    return fallback(bytes, field)
  }

  /// The range without spaces and tabs at both ends.
  static func trimmed(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Range<Int> {
    var (start, end) = (field.lowerBound, field.upperBound)
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return start..<end
  }

  /// The value of `e-7`, held to ±100,000, which is beyond every double; `nil` where it is something else.
  private static func parseExponent(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard bytes[range.lowerBound] | 0x20 == UInt8(ascii: "e") else { return nil }
    var index = range.lowerBound + 1
    guard index < range.upperBound else { return nil }
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    guard index < range.upperBound else { return nil }
    var value = 0
    while index < range.upperBound {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = min(value * 10 + Int(digit), 100_000)
      index += 1
    }
    return isNegative ? -value : value
  }

  private static func word(_ bytes: Span<UInt8>, _ range: Range<Int>, isNegative: Bool) -> Double? {
    func isWord(_ word: StaticString) -> Bool {
      guard word.utf8CodeUnitCount == range.count else { return false }
      for (offset, index) in range.enumerated() where bytes[index] | 0x20 != word.utf8Start[offset] { return false }
      return true
    }
    if isWord("nan") { return .nan }
    if isWord("inf") || isWord("infinity") { return isNegative ? -.infinity : .infinity }
    return nil
  }

  /// `mantissa` divided by 10^`places` with a remainder that decides the rounding, for up to 19 digits and places.
  private static func quotient(_ mantissa: UInt64, places: Int) -> Double {
    var divisor: UInt64 = 1
    for _ in 0..<places { divisor *= 10 }
    let shift = mantissa.leadingZeroBitCount
    let (whole, remainder) = (UInt128(mantissa << UInt64(shift)) << 64).quotientAndRemainder(
      dividingBy: UInt128(divisor))
    // At least 2^63, so the top 64 bits hold the 53 that stay, and the lowest one may stand for all below.
    let dropped = 64 - whole.leadingZeroBitCount
    let top = UInt64(truncatingIfNeeded: whole >> UInt128(dropped))
    let isRemainderLost = remainder != 0 || UInt128(top) << UInt128(dropped) != whole
    return Double(sign: .plus, exponent: dropped - shift - 64, significand: Double(top | (isRemainderLost ? 1 : 0)))
  }

  /// The standard library's reader, for what is too long or too far from 1; the caller has checked the grammar.
  private static func fallback(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Double? {
    Double(
      String(unsafeUninitializedCapacity: field.count) { copy in
        for (offset, index) in field.enumerated() { copy[offset] = bytes[index] }
        return field.count
      })
  }
}
