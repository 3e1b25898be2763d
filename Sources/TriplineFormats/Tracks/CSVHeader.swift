/// What the first line of a CSV file says: the delimiter and which column holds what.
struct CSVHeader {
  /// The separator, of one byte.
  let delimiter: UInt8
  /// The names as written.
  let names: [String]
  /// The number of the column for each `TrackColumn`, or -1.
  private let columns: [Int]
  /// Metres a second in one of the speed column's unit, and of the speed limit column's.
  let speedScale: Double
  let speedLimitScale: Double

  /// Reads a header line.
  init(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    let delimiter = Self.delimiter(bytes, line)
    var fields = CSVFields(delimiter: delimiter)
    _ = fields.split(bytes, line)
    var names: [String] = []
    for field in fields.ranges { names.append(ByteText.repaired(bytes, DecimalNumber.trimmed(bytes, field))) }
    var columns = [Int](repeating: -1, count: TrackColumn.allCases.count)
    var ranks = [Int](repeating: .max, count: TrackColumn.allCases.count)
    for (index, name) in names.enumerated() {
      guard let (column, rank) = TrackColumn.named(name), rank < ranks[column.rawValue] else { continue }
      columns[column.rawValue] = index
      ranks[column.rawValue] = rank
    }
    self.delimiter = delimiter
    self.names = names
    self.columns = columns
    func scale(_ column: TrackColumn) -> Double {
      let index = columns[column.rawValue]
      return index < 0 ? 1 : SpeedUnit.named(names[index]).metersPerSecond
    }
    speedScale = scale(.speed)
    speedLimitScale = scale(.speedLimit)
  }

  /// The number of a column, or `nil` where the file does not have it.
  subscript(column: TrackColumn) -> Int? {
    let index = columns[column.rawValue]
    return index < 0 ? nil : index
  }

  /// One more than the number of the last of some columns: as many fields as a row must be split into.
  func width(of wanted: [TrackColumn]) -> Int { (wanted.compactMap { self[$0] }.max() ?? 0) + 1 }

  /// Checks that columns are there.
  ///
  /// - Throws: `missingColumn`, with the names that would do and the names that are there.
  func require(_ wanted: [TrackColumn], file: String, line: Int) throws(FormatError) {
    for column in wanted where self[column] == nil {
      let found = names.prefix(20).map { $0.isEmpty ? "(empty)" : String($0.prefix(40)) }.joined(separator: ", ")
      throw FormatError(
        .missingColumn,
        "has no \(column) column: columns are found by the names in the first line, which are \(found). "
          + "Name one of them \(column.names.prefix(4).joined(separator: ", ")).",
        at: .init(file: file, line: line))
    }
  }

  /// The most frequent of comma, semicolon and tab outside quotes; comma where there is none.
  private static func delimiter(_ bytes: Span<UInt8>, _ line: Range<Int>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for index in line {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    var best = UInt8(ascii: ",")
    for candidate in [UInt8(ascii: ";"), UInt8(ascii: "\t")]
    where counts[candidate, default: 0] > counts[best, default: 0] {
      best = candidate
    }
    return best
  }
}
