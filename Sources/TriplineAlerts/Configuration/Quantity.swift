/// A number with its unit, as files of rules write it: a bare number is refused, for nobody knows what it means.
enum Quantity {
  /// Units of time in milliseconds.
  private static let times: [(unit: String, factor: Double)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
  ]
  /// Units of length in metres.
  private static let lengths: [(unit: String, factor: Double)] = [
    ("m", 1), ("km", 1000), ("ft", 0.3048), ("mi", 1609.344),
  ]

  /// Milliseconds: `90s`, `2m`, `1h30m`.
  static func milliseconds(_ text: String) -> Int64? {
    var rest = text[...]
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let number = Double(digits), let factor = times.first(where: { $0.unit == unit })?.factor else {
        return nil
      }
      total += number * factor
    }
    return text.isEmpty || total > 1e14 ? nil : Int64(total.rounded())
  }

  /// Metres: `120m`, `1.5km`.
  static func meters(_ text: String) -> Double? {
    let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." || $0 == "-" }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Double(digits), let factor = lengths.first(where: { $0.unit == unit })?.factor else {
      return nil
    }
    return number * factor
  }
}
