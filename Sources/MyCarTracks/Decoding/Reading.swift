import TriplineJSON

/// A number as the API reports it, with the unit where one is written behind it.
///
/// Without one, `UnitFindings` says what it means: units of version 3 are not documented, and may follow an account's
/// settings.
public struct Reading: Sendable, Hashable {
  /// The number.
  public var value: Double
  /// The unit behind it, in lower case, or `nil`.
  public var unit: String?

  /// Creates a reading.
  public init(value: Double, unit: String? = nil) {
    self.value = value
    self.unit = unit
  }

  init?(_ json: JSONValue) {
    if let number = json.number {
      self.init(value: number)
    } else {
      guard let text = json.string else { return nil }
      self.init(text: text)
    }
  }

  /// Reads text such as `165 m`, `12.3 km` or `1 234,5 km`: comma and point are both decimal signs unless both or more than
  /// one are there, when the last kind is; spaces and apostrophes separate thousands.
  ///
  /// Fails where there is no number at the start.
  public init?(text: String) {
    var number = ""
    var rest = text[...]
    while let first = rest.first {
      if first.isNumber && first.isASCII || first == "." || first == ","
        || number.isEmpty && (first == "-" || first == "+")
      {
        number.append(first)
      } else if !(first.isWhitespace || first == "'" || first == "’") {
        // An exponent, of numbers that a program wrote.
        guard first == "e" || first == "E", let exponent = Self.exponent(rest) else { break }
        number += rest[..<exponent]
        rest = rest[exponent...]
        continue
      }
      rest = rest.dropFirst()
    }
    let commas = number.count { $0 == "," }
    let points = number.count { $0 == "." }
    if commas > 0 && points > 0 {
      let decimal = number.last { $0 == "," || $0 == "." }
      number.removeAll { ($0 == "," || $0 == ".") && $0 != decimal }
    } else if commas > 1 || points > 1 {
      number.removeAll { $0 == "," || $0 == "." }
    }
    guard let value = Double(number.replacing(",", with: ".")) else { return nil }
    let unit = rest.lowercased().trimmingPrefix { $0.isWhitespace }
    self.init(value: value, unit: unit.isEmpty ? nil : String(unit))
  }

  private static func exponent(_ text: Substring) -> Substring.Index? {
    var index = text.index(after: text.startIndex)
    if index < text.endIndex, text[index] == "-" || text[index] == "+" { index = text.index(after: index) }
    let digits = text[index...].prefix { $0.isASCII && $0.isNumber }
    return digits.isEmpty ? nil : digits.endIndex
  }
}
