/// Figures as Prometheus reads them: its text format, version 0.0.4.
struct MetricText {
  /// What the text is, for the header of an answer.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// The lines so far, each with its end.
  private(set) var text = ""

  /// Begins a metric: what it is for, and its type.
  mutating func begin(_ name: String, type: String, help: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  /// Adds a sample.
  mutating func sample(_ name: String, labels: [(name: String, value: String)] = [], _ value: Double) {
    text += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
      text += "{\(pairs.joined(separator: ","))}"
    }
    text += " \(Self.number(value))\n"
  }

  /// A number: whole ones without a fraction.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }

  /// Text in which a backslash, the end of a line and, in values of labels, a quotation mark are written as two characters.
  static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
