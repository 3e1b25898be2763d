import TriplineCore
import TriplineJSON

/// The text of events in each format.
enum EventText {
  static func appendHeader(_ columns: ArraySlice<EventColumn>, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: columns.map(\.name).joined(separator: ",").utf8)
    buffer.append(contentsOf: "\r\n".utf8)
  }

  /// A CSV row of so many columns, with empty fields for those the event does not have.
  static func appendRow(_ record: EventRecord, columns: Int, to buffer: inout [UInt8]) {
    var next = 0
    for (column, value) in record.values {
      while next < column.rawValue {
        buffer.append(UInt8(ascii: ","))
        next += 1
      }
      appendCell(value, to: &buffer)
    }
    while next < columns - 1 {
      buffer.append(UInt8(ascii: ","))
      next += 1
    }
    buffer.append(contentsOf: "\r\n".utf8)
  }

  /// A value in a CSV row; nothing where there is none.
  static func appendCell(_ value: EventValue, to buffer: inout [UInt8]) {
    switch value {
    case .text(let text): appendCSV(text, to: &buffer)
    default: _ = append(value, to: &buffer)
    }
  }

  static func appendObject(_ record: EventRecord, to buffer: inout [UInt8]) {
    appendObject(record.values.lazy.map { ($0.column.name, $0.value) }, to: &buffer)
  }

  /// A JSON object of names and values.
  static func appendObject(_ values: some Sequence<(String, EventValue)>, to buffer: inout [UInt8]) {
    var separator = UInt8(ascii: "{")
    for (name, value) in values {
      buffer.append(separator)
      separator = UInt8(ascii: ",")
      JSONNode.append(name, to: &buffer)
      buffer.append(UInt8(ascii: ":"))
      switch value {
      case .text(let text): JSONNode.append(text, to: &buffer)
      case .time(let time):
        buffer.append(UInt8(ascii: "\""))
        if Timestamp.append(time, to: &buffer) {
          buffer.append(UInt8(ascii: "\""))
        } else {
          buffer.removeLast()
          buffer.append(contentsOf: "null".utf8)
        }
      default: if !append(value, to: &buffer) { buffer.append(contentsOf: "null".utf8) }
      }
    }
    buffer.append(UInt8(ascii: "}"))
  }

  static func appendFeature(_ record: EventRecord, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: #"{"type":"Feature","geometry":"#.utf8)
    let places = record.places.filter { $0.latitude.isFinite && $0.longitude.isFinite }
    switch places.count {
    case 0: buffer.append(contentsOf: "null".utf8)
    case 1:
      buffer.append(contentsOf: #"{"type":"Point","coordinates":"#.utf8)
      appendPosition(places[0], to: &buffer)
      buffer.append(UInt8(ascii: "}"))
    default:
      buffer.append(contentsOf: #"{"type":"LineString","coordinates":["#.utf8)
      appendPosition(places[0], to: &buffer)
      buffer.append(UInt8(ascii: ","))
      appendPosition(places[1], to: &buffer)
      buffer.append(contentsOf: "]}".utf8)
    }
    buffer.append(contentsOf: #","properties":"#.utf8)
    appendObject(record, to: &buffer)
    buffer.append(UInt8(ascii: "}"))
  }

  private static func appendPosition(_ place: Coordinate, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: "[\(place.longitude),\(place.latitude)]".utf8)
  }

  /// Appends a value other than text, without quotes; returns whether there was one.
  private static func append(_ value: EventValue, to buffer: inout [UInt8]) -> Bool {
    switch value {
    case .text, .missing: return false
    case .time(let time): return Timestamp.append(time, to: &buffer)
    case .milliseconds(let milliseconds): appendThousandths(milliseconds, to: &buffer)
    case .degrees(let degrees):
      guard degrees.isFinite else { return false }
      buffer.append(contentsOf: degrees.description.utf8)
    case .measure(let measure):
      guard let measure, measure.isFinite else { return false }
      guard abs(measure) < 1e15 else {
        buffer.append(contentsOf: measure.description.utf8)
        return true
      }
      appendThousandths(Int64((measure * 1000).rounded()), to: &buffer)
    case .count(let count): buffer.append(contentsOf: count.description.utf8)
    case .flag(let flag): buffer.append(contentsOf: (flag ? "true" : "false").utf8)
    }
    return true
  }

  /// A number of thousandths as a decimal without zeros at its end.
  private static func appendThousandths(_ value: Int64, to buffer: inout [UInt8]) {
    if value < 0 { buffer.append(UInt8(ascii: "-")) }
    let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: 1000)
    buffer.append(contentsOf: whole.description.utf8)
    guard rest > 0 else { return }
    buffer.append(UInt8(ascii: "."))
    var (digits, divisor) = (rest, 100 as UInt64)
    while digits > 0 {
      buffer.append(UInt8(ascii: "0") + UInt8(digits / divisor))
      digits %= divisor
      divisor /= 10
    }
  }

  static func appendCSV(_ text: String, to buffer: inout [UInt8]) {
    let special: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D]
    guard text.utf8.contains(where: special.contains) || text.first == " " || text.last == " " else {
      return buffer.append(contentsOf: text.utf8)
    }
    buffer.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { buffer.append(byte) }
      buffer.append(byte)
    }
    buffer.append(UInt8(ascii: "\""))
  }
}
