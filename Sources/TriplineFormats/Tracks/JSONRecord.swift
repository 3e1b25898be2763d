import Foundation

/// The values of one JSON object by the column they stand for.
struct JSONRecord {
  private struct Member {
    var key: String
    var value: Any
    var rank: Int
  }

  private var members: [TrackColumn: Member] = [:]

  init(_ object: [String: Any]) {
    for (key, value) in object where !(value is NSNull) {
      guard let (column, rank) = TrackColumn.named(key), rank < members[column]?.rank ?? .max else { continue }
      members[column] = Member(key: key, value: value, rank: rank)
    }
  }

  /// Whether the object has a value for the column that is not null and not empty.
  func isPresent(_ column: TrackColumn) -> Bool {
    text(column) != nil || members[column].map { !($0.value is String) } ?? false
  }

  /// A number, also one written as text.
  func number(_ column: TrackColumn) -> Double? {
    switch members[column]?.value {
    case let text as String:
      let bytes = Array(text.utf8)
      return DecimalNumber.parse(bytes.span, bytes.indices)
    case let number as NSNumber where !number.isBoolean: return number.doubleValue
    default: return nil
    }
  }

  /// A time as text or as a number since 1970, in milliseconds UTC.
  func time(_ column: TrackColumn) -> Int64? {
    switch members[column]?.value {
    case let text as String:
      let bytes = Array(text.utf8)
      return Timestamp.parse(bytes.span, bytes.indices)
    case let number as NSNumber where !number.isBoolean: return Timestamp.milliseconds(sinceEpoch: number.doubleValue)
    default: return nil
    }
  }

  /// An id: text that is not empty, or a number as its digits.
  func text(_ column: TrackColumn) -> String? {
    switch members[column]?.value {
    case let text as String: text.isEmpty ? nil : text
    case let number as NSNumber where !number.isBoolean: number.identifier
    default: nil
    }
  }

  /// Key and value for a message.
  func described(_ column: TrackColumn) -> String {
    guard let member = members[column] else { return "the \(column) is missing: it" }
    return "\(member.key) \(String("\(member.value)".prefix(40)))"
  }

  /// The unit that goes with the key of the speed.
  var speedUnit: SpeedUnit { members[.speed].map { SpeedUnit.named($0.key) } ?? .metersPerSecond }
}

extension NSNumber {
  /// Whether it was `true` or `false` in JSON, which is no number.
  var isBoolean: Bool { objCType.pointee == 0x63 }

  /// The number as an id: whole numbers without decimals.
  var identifier: String {
    let value = doubleValue
    if value == value.rounded(), let whole = Int64(exactly: value) {
      return abs(whole) < 1 << 53 ? "\(whole)" : stringValue
    }
    return "\(value)"
  }
}
