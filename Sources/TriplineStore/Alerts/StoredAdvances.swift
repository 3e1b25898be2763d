import TriplineAlerts

/// How time went on, as text in a column: `part:time`, one behind the other with a space between.
enum StoredAdvances {
  static func text(_ advances: [AlertBatch.Advance]) -> String {
    advances.map { "\($0.part):\($0.time)" }.joined(separator: " ")
  }

  /// - Throws: `StoreError` where it is another text.
  static func advances(in text: String, of path: String) throws -> [AlertBatch.Advance] {
    try text.split(separator: " ").map { word in
      let numbers = word.split(separator: ":").compactMap { Int64($0) }
      guard numbers.count == 2, (0..<Int64(AlertEngine.parts)).contains(numbers[0]) else {
        throw StoreError(.damaged, "\(path): the journal is damaged. Restore a copy of the file.")
      }
      return AlertBatch.Advance(part: Int(numbers[0]), time: numbers[1])
    }
  }
}
