import TriplineJSON

/// The values of one JSON object by the column they stand for.
struct JSONRecord {
  private struct Member {
    var key: String
    var value: JSONValue
    var rank: Int
  }

  /// By the number of the column.
  private var members = [Member?](repeating: nil, count: TrackColumn.allCases.count)

  init(_ object: JSONObject) {
    for (key, value) in object {
      guard let (column, rank) = TrackColumn.named(key), rank <= members[column.rawValue]?.rank ?? .max else {
        continue
      }
      if value.isNull || value.string?.isEmpty == true { continue }
      members[column.rawValue] = Member(key: key, value: value, rank: rank)
    }
  }

  /// Whether the object has a value for the column that is not null and not empty.
  func isPresent(_ column: TrackColumn) -> Bool { members[column.rawValue] != nil }

  /// A number, also one written as text.
  func number(_ column: TrackColumn) -> Double? { members[column.rawValue]?.value.numberOrText }

  /// A time as text or as a number since 1970, in milliseconds UTC.
  func time(_ column: TrackColumn) -> Int64? {
    guard let value = members[column.rawValue]?.value else { return nil }
    if let text = value.string { return Timestamp.milliseconds(text) }
    return value.number.flatMap(Timestamp.milliseconds(sinceEpoch:))
  }

  /// A truth value, also one written as text or as a number.
  func truth(_ column: TrackColumn) -> Bool? { members[column.rawValue]?.value.scalar.flatMap(TruthValue.parse) }

  /// An id.
  func text(_ column: TrackColumn) -> String? { members[column.rawValue]?.value.identifier }

  /// Key and value for a message.
  func described(_ column: TrackColumn) -> String {
    members[column.rawValue].map { "\($0.key) \($0.value.brief)" } ?? "the \(column) is missing: it"
  }

  /// The unit that goes with the key of a speed.
  func speedUnit(_ column: TrackColumn) -> SpeedUnit {
    members[column.rawValue].map { SpeedUnit.named($0.key) } ?? .metersPerSecond
  }
}
