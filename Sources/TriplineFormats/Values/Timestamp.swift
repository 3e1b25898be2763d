/// Instants as text: ISO 8601 and seconds or milliseconds since 1970, to and from milliseconds UTC.
public enum Timestamp {
  /// 0001-01-01T00:00:00.000Z, the earliest instant that is read and written.
  static let earliest: Int64 = -62_135_596_800_000
  /// 9999-12-31T23:59:59.999Z, the latest instant that is read and written.
  static let latest: Int64 = 253_402_300_799_999
  /// A bare number of this magnitude or more is milliseconds, a smaller one seconds: as seconds it would lie after the
  /// year 5138, as milliseconds before March 1973.
  static let smallestMilliseconds = 1e11

  /// The instant a field holds in milliseconds UTC, or `nil` where it holds none.
  ///
  /// Read are `2016-01-02T03:04:05.678Z` with `T`, `t` or a space, with `Z`, an offset (`+01`, `+0100`, `+01:00`) or
  /// nothing, which means UTC; seconds may lack, and may have a fraction of any length, which is rounded to the
  /// millisecond, halves up. The 60th second, of leap seconds, is the first of the next minute. A bare number is
  /// seconds since 1970, with a fraction if it likes, or milliseconds from 100,000,000,000 on.
  static func parse(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Int64? {
    let field = DecimalNumber.trimmed(bytes, field)
    if field.count >= 10, bytes[field.lowerBound + 4] == UInt8(ascii: "-") {
      return parseISO(bytes, field)
    }
    guard let number = DecimalNumber.parse(bytes, field) else { return nil }
    return milliseconds(sinceEpoch: number)
  }

  /// The instant a bare number means in milliseconds UTC, or `nil` where it is none.
  static func milliseconds(sinceEpoch number: Double) -> Int64? {
    guard number.isFinite else { return nil }
    let value = abs(number) >= smallestMilliseconds ? number : number * 1000
    guard value >= Double(earliest), value <= Double(latest) else { return nil }
    return Int64(value.rounded())
  }

  private static func parseISO(_ bytes: Span<UInt8>, _ field: Range<Int>) -> Int64? {
    let start = field.lowerBound
    let end = field.upperBound
    guard field.count >= 16, bytes[start + 7] == UInt8(ascii: "-"), bytes[start + 13] == UInt8(ascii: ":"),
      bytes[start + 10] | 0x20 == UInt8(ascii: "t") || bytes[start + 10] == 0x20,
      let century = twoDigits(bytes, start), let yearOfCentury = twoDigits(bytes, start + 2),
      let month = twoDigits(bytes, start + 5), let day = twoDigits(bytes, start + 8),
      let hour = twoDigits(bytes, start + 11), let minute = twoDigits(bytes, start + 14)
    else { return nil }
    let year = century * 100 + yearOfCentury
    guard year >= 1, 1...12 ~= month, day >= 1, day <= daysInMonth(month, year: year), hour < 24, minute < 60 else {
      return nil
    }
    var index = start + 16
    var second = 0
    var fraction: Int64 = 0
    if index < end, bytes[index] == UInt8(ascii: ":") {
      guard index + 3 <= end, let value = twoDigits(bytes, index + 1), value <= 60 else { return nil }
      second = value
      index += 3
      if index < end, bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ",") {
        index += 1
        guard let value = parseFraction(bytes, &index, end) else { return nil }
        fraction = value
      }
    }
    guard let offset = parseOffset(bytes, index..<end) else { return nil }
    let days = Int64(daysSinceEpoch(year: year, month: month, day: day))
    let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
    let time = seconds * 1000 + fraction
    return time >= earliest && time <= latest ? time : nil
  }

  /// Digits after the decimal mark as milliseconds.
  private static func parseFraction(_ bytes: Span<UInt8>, _ index: inout Int, _ end: Int) -> Int64? {
    let start = index
    var value: Int64 = 0
    while index < end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      let position = index - start
      if position < 3 {
        value = value * 10 + Int64(digit)
      } else if position == 3, digit >= 5 {
        value += 1
      }
      index += 1
    }
    switch index - start {
    case 0: return nil
    case 1: return value * 100
    case 2: return value * 10
    default: return value
    }
  }

  /// Seconds east of UTC; nothing is UTC.
  private static func parseOffset(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard let first = range.first else { return 0 }
    if bytes[first] | 0x20 == UInt8(ascii: "z") { return range.count == 1 ? 0 : nil }
    let sign: Int
    switch bytes[first] {
    case UInt8(ascii: "+"): sign = 1
    case UInt8(ascii: "-"): sign = -1
    default: return nil
    }
    let minutesStart: Int?
    switch range.count {
    case 3: minutesStart = nil
    case 5: minutesStart = first + 3
    case 6 where bytes[first + 3] == UInt8(ascii: ":"): minutesStart = first + 4
    default: return nil
    }
    guard let hours = twoDigits(bytes, first + 1), hours <= 18 else { return nil }
    var minutes = 0
    if let minutesStart {
      guard let value = twoDigits(bytes, minutesStart), value < 60 else { return nil }
      minutes = value
    }
    return sign * (hours * 3600 + minutes * 60)
  }

  private static func twoDigits(_ bytes: Span<UInt8>, _ index: Int) -> Int? {
    let tens = bytes[index] &- UInt8(ascii: "0")
    let ones = bytes[index + 1] &- UInt8(ascii: "0")
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
  }
}
