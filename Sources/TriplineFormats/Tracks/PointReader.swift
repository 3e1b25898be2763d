public import TriplineCore

/// A position to be looked up, and the row it came from.
public struct QueryPoint: Sendable, Hashable, BitwiseCopyable {
  /// 0-based number among all rows of the file, bad ones included.
  public var row: Int
  /// The position.
  public var coordinate: Coordinate
  /// The height in metres, where there is one.
  public var altitude: Double?

  /// Creates a point.
  public init(row: Int, coordinate: Coordinate, altitude: Double? = nil) {
    self.row = row
    self.coordinate = coordinate
    self.altitude = altitude
  }
}

/// Reads positions from CSV, batch by batch: columns `lat` and `lon`, perhaps `altitude`, or the other names that tracks
/// use.
public struct PointReader: ~Copyable {
  /// The largest number of points a call of `read` appends.
  public static let batchSize = 8192

  private let input: InputFile
  private var lines: LineReader
  private var decoder: PointDecoder
  private var isAtEnd = false

  /// Opens a CSV file, plain or gzip, and reads its header.
  ///
  /// - Throws: `unreadableFile`, `unsupportedFormat`, `empty` and `missingColumn`.
  public init(_ input: InputFile) throws(FormatError) {
    var bytes = try ByteSource(input)
    try bytes.refuseUTF16()
    var lines = LineReader(bytes)
    let header = try CSVHeader.read(from: &lines, file: input.name)
    decoder = try PointDecoder(header, file: input.name, headerLine: lines.lineNumber)
    self.input = input
    self.lines = lines
  }

  /// What reading came to so far.
  public var report: ReadReport { decoder.report }

  /// Appends the next points, at most `batchSize`; returns `false` once the end is reached and nothing was appended.
  ///
  /// - Throws: `unreadableFile` where the input fails.
  public mutating func read(into batch: inout [QueryPoint]) throws(FormatError) -> Bool {
    let start = batch.count
    while !isAtEnd, batch.count < start + Self.batchSize {
      do throws(FormatError) {
        switch try lines.next() {
        case .line: decoder.decode(lines, into: &batch)
        case .overlong: decoder.skipOverlong(number: lines.lineNumber)
        case .end:
          isAtEnd = true
          decoder.conclude()
        }
      } catch {
        isAtEnd = true
        guard error.code == .truncated || error.code == .corrupt else { throw error }
        decoder.end(with: error)
      }
    }
    return batch.count > start
  }
}

/// Makes points of the rows of one CSV file.
private struct PointDecoder {
  private let file: String
  private let latitude: Int
  private let longitude: Int
  private let altitude: Int?
  private let width: Int
  private let nameCount: Int
  private let headerLine: Int
  private var fields: CSVFields
  private var axes = AxisCheck()
  private(set) var report = ReadReport()

  init(_ header: CSVHeader, file: String, headerLine: Int) throws(FormatError) {
    try header.require([.latitude, .longitude], file: file, line: headerLine)
    self.file = file
    self.headerLine = headerLine
    latitude = header[.latitude] ?? 0
    longitude = header[.longitude] ?? 0
    altitude = header[.altitude]
    width = header.width(of: [.latitude, .longitude, .altitude])
    nameCount = header.names.count
    fields = CSVFields(delimiter: header.delimiter)
  }

  mutating func decode(_ lines: borrowing LineReader, into batch: inout [QueryPoint]) {
    decode(lines.buffer.span, lines.line, number: lines.lineNumber, into: &batch)
  }

  private mutating func decode(
    _ bytes: Span<UInt8>, _ line: Range<Int>, number: Int, into batch: inout [QueryPoint]
  ) {
    guard !line.isEmpty else { return }
    report.rows += 1
    guard fields.split(bytes, line, limit: width) == nil, fields.ranges.count == width,
      !fields.hasSurplus(behind: nameCount, bytes, line),
      let north = DecimalNumber.parse(bytes, fields.ranges[latitude]),
      let east = DecimalNumber.parse(bytes, fields.ranges[longitude])
    else {
      report.record(
        FormatError(
          .malformedRow, "latitude and longitude are not both there as numbers. Write decimal degrees, like 52.5.",
          at: .init(file: file, line: number)))
      return
    }
    if axes.notices(latitude: north, longitude: east) {
      report.record(AxisCheck.problem(at: .init(file: file, line: headerLine)))
    }
    let coordinate = Coordinate(latitude: north, longitude: east)
    // A longitude past ±180 is one around the Earth.
    guard abs(north) <= 90, abs(east) <= 540 else {
      report.record(
        FormatError(
          .outOfRange, "\(coordinate) is no position on Earth. Correct or remove the row.",
          at: .init(file: file, line: number)))
      return
    }
    let height = altitude.flatMap { DecimalNumber.parse(bytes, fields.ranges[$0]) }
    batch.append(
      QueryPoint(row: report.rows - 1, coordinate: coordinate, altitude: height.flatMap { $0.isFinite ? $0 : nil }))
    report.delivered += 1
  }

  mutating func skipOverlong(number: Int) {
    report.rows += 1
    report.record(LineReader.overlong(at: .init(file: file, line: number)))
  }

  /// Looks back at the end of the input.
  mutating func conclude() {
    let place = FormatError.Place(file: file, line: headerLine)
    if report.rows == 0 { report.record(CSVHeader.withoutRows(at: place)) }
    if axes.noticesAtEnd() { report.record(AxisCheck.problem(at: place)) }
  }

  mutating func end(with failure: FormatError) { report.record(failure) }
}
