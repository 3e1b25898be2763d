extension Timestamp {
  /// The instant as `2016-01-02T03:04:05.678Z`, or `nil` outside the years 1 to 9999.
  public static func text(_ time: Int64) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    return append(time, to: &bytes) ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// The instant a text holds in milliseconds UTC, by the rules of recorded tracks, or `nil` where it holds none.
  public static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    return parse(bytes.span, bytes.indices)
  }

  /// Appends the 24 bytes of `2016-01-02T03:04:05.678Z`, or nothing outside the years 1 to 9999; returns which.
  static func append(_ time: Int64, to bytes: inout [UInt8]) -> Bool {
    guard time >= earliest, time <= latest else { return false }
    let day = time >= 0 ? time / 86_400_000 : (time - 86_399_999) / 86_400_000
    let millisecond = Int(time - day * 86_400_000)
    let date = date(daysSinceEpoch: Int(day))
    append(date.year, digits: 4, then: UInt8(ascii: "-"), to: &bytes)
    append(date.month, digits: 2, then: UInt8(ascii: "-"), to: &bytes)
    append(date.day, digits: 2, then: UInt8(ascii: "T"), to: &bytes)
    append(millisecond / 3_600_000, digits: 2, then: UInt8(ascii: ":"), to: &bytes)
    append(millisecond / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"), to: &bytes)
    append(millisecond / 1000 % 60, digits: 2, then: UInt8(ascii: "."), to: &bytes)
    append(millisecond % 1000, digits: 3, then: UInt8(ascii: "Z"), to: &bytes)
    return true
  }

  private static func append(_ value: Int, digits: Int, then end: UInt8, to bytes: inout [UInt8]) {
    var divisor = digits == 4 ? 1000 : digits == 3 ? 100 : 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
    bytes.append(end)
  }
}
