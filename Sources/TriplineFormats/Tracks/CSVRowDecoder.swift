import TriplineCore

/// Makes fixes of the rows of one CSV file, and counts what is wrong with the others.
struct CSVRowDecoder {
  private let input: InputFile
  private let header: CSVHeader
  private let width: Int
  private let time: Int
  private let latitude: Int
  private let longitude: Int
  private var fields: CSVFields
  private var keys = TrackKeys()
  private var check = FixCheck()
  private var drivers = DriverCheck()
  private(set) var report = ReadReport()

  /// - Throws: `missingColumn` where there is no time, latitude or longitude.
  init(_ header: CSVHeader, input: InputFile, headerLine: Int) throws(FormatError) {
    try header.require([.time, .latitude, .longitude], file: input.name, line: headerLine)
    self.input = input
    self.header = header
    width = header.width(of: TrackColumn.allCases)
    time = header[.time] ?? 0
    latitude = header[.latitude] ?? 0
    longitude = header[.longitude] ?? 0
    fields = CSVFields(delimiter: header.delimiter)
  }

  /// Decodes the current line and appends its fix.
  mutating func decode(_ lines: borrowing LineReader, into batch: inout [Fix], tracks: inout TrackTable) {
    decode(lines.buffer.span, lines.line, number: lines.lineNumber, into: &batch, tracks: &tracks)
  }

  /// Decodes a row and appends its fix.
  private mutating func decode(
    _ bytes: Span<UInt8>, _ line: Range<Int>, number: Int, into batch: inout [Fix], tracks: inout TrackTable
  ) {
    guard !line.isEmpty else { return }
    report.rows += 1
    let flaw = fields.split(bytes, line, limit: width)
    let track = trackIndex(bytes, number, &tracks)
    let sequence = track.map { tracks.countRow(of: $0) }
    // A row with a delimiter too many means other columns than those of the names.
    let hasSurplus = flaw == nil && fields.hasSurplus(behind: header.names.count, bytes, line)
    if flaw != nil || fields.ranges.count < width || hasSurplus { return recordShape(flaw, number, hasSurplus) }
    guard let track, let sequence else { return }
    guard let instant = Timestamp.parse(bytes, fields.ranges[time]) else { return recordTime(bytes, number) }
    guard let north = DecimalNumber.parse(bytes, fields.ranges[latitude]) else {
      return recordNumber("latitude", bytes, fields.ranges[latitude], number)
    }
    guard let east = DecimalNumber.parse(bytes, fields.ranges[longitude]) else {
      return recordNumber("longitude", bytes, fields.ranges[longitude], number)
    }
    var fix = Fix(vehicle: track, time: instant, latitude: north, longitude: east, sequence: sequence)
    fix.altitudeOrNaN = optional(.altitude, bytes, number)
    fix.speedOrNaN = optional(.speed, bytes, number, scale: header.speedScale)
    fix.courseOrNaN = optional(.course, bytes, number)
    fix.accuracyOrNaN = optional(.accuracy, bytes, number)
    fix.receivedOrMissing = received(bytes, number)
    if header[.speedLimit] != nil {
      let limit = optional(.speedLimit, bytes, number, scale: header.speedLimitScale)
      fix.speedLimit = limit.isNaN ? nil : limit
    }
    if header[.ignition] != nil { fix.ignition = ignition(bytes, number) }
    if header[.driver] != nil { checkDriver(bytes, track, number, tracks) }
    batch.append(fix)
    report.delivered += 1
    check.look(at: fix, &tracks, &report, place: FormatError.Place(file: input.name, line: number))
  }

  /// Counts a line that was too long to be a row.
  mutating func skipOverlong(number: Int) {
    report.rows += 1
    report.record(LineReader.overlong(at: place(number)))
  }

  /// Counts a failure of the input after which there is nothing more to read.
  mutating func end(with failure: FormatError? = nil) {
    if let failure { report.record(failure) }
    check.conclude(&report, place: place(1))
    if report.rows == 0, failure == nil {
      report.record(CSVHeader.withoutRows(at: place(1)))
    }
  }

  private func place(_ line: Int) -> FormatError.Place { .init(file: input.name, line: line) }

  private func range(_ column: TrackColumn) -> Range<Int> {
    guard let index = header[column], index < fields.ranges.count else { return 0..<0 }
    return fields.ranges[index]
  }

  /// The track of the row, or `nil` where its ids are cut off or not text, which is reported.
  private mutating func trackIndex(_ bytes: Span<UInt8>, _ number: Int, _ tracks: inout TrackTable) -> UInt32? {
    let needed = max(header[.track] ?? -1, header[.vehicle] ?? -1)
    guard needed < fields.ranges.count else { return nil }
    let (track, vehicle) = (range(.track), range(.vehicle))
    if let index = keys.index(bytes, track: track, vehicle: vehicle) { return index }
    guard let trackID = CSVFields.text(bytes, track), let vehicleID = CSVFields.text(bytes, vehicle) else {
      record(
        .notUTF8, "the id of the track or vehicle is not UTF-8. Convert the file, for instance from ISO 8859-1.", number
      )
      return nil
    }
    let vehicleOrTrack = vehicleID.isEmpty ? (trackID.isEmpty ? input.stem : trackID) : vehicleID
    let index = tracks.insert(
      .init(
        trackID: trackID.isEmpty ? vehicleOrTrack : trackID, vehicleID: vehicleOrTrack,
        driverID: CSVFields.text(bytes, range(.driver)) ?? "", source: input.name))
    keys.insert(bytes, track: track, vehicle: vehicle, index: index)
    return index
  }

  private mutating func checkDriver(
    _ bytes: Span<UInt8>, _ track: UInt32, _ number: Int, _ tracks: borrowing TrackTable
  ) {
    let field = range(.driver)
    guard !field.isEmpty, drivers.isNew(bytes, field, of: track), let driver = CSVFields.text(bytes, field) else {
      return
    }
    if let change = drivers.look(at: driver, of: track, in: tracks, at: place(number)) { report.record(change) }
  }

  private mutating func optional(
    _ column: TrackColumn, _ bytes: Span<UInt8>, _ number: Int, scale: Double = 1
  ) -> Float {
    let field = range(column)
    guard !field.isEmpty else { return .nan }
    if let value = DecimalNumber.parse(bytes, field) { return Float(value * scale) }
    guard !DecimalNumber.trimmed(bytes, field).isEmpty else { return .nan }
    record(
      .badValue, "\(column) \(quoted(bytes, field)) is not a number; the fix is used without it. Leave it empty.",
      number)
    return .nan
  }

  private mutating func ignition(_ bytes: Span<UInt8>, _ number: Int) -> Bool? {
    let field = DecimalNumber.trimmed(bytes, range(.ignition))
    guard !field.isEmpty else { return nil }
    if let value = TruthValue.parse(ByteText.repaired(bytes, field)) { return value }
    record(
      .badValue, "ignition \(quoted(bytes, field)) is none; the fix is used without it. Write \(TruthValue.words).",
      number)
    return nil
  }

  private mutating func received(_ bytes: Span<UInt8>, _ number: Int) -> Int64 {
    let field = DecimalNumber.trimmed(bytes, range(.received))
    guard !field.isEmpty else { return .min }
    if let value = Timestamp.parse(bytes, field) { return value }
    record(.badValue, "time of receipt \(quoted(bytes, field)) is not a time; the fix is used without it.", number)
    return .min
  }
}

extension CSVRowDecoder {
  private mutating func recordShape(_ flaw: CSVFields.Flaw?, _ number: Int, _ hasSurplus: Bool) {
    let found = fields.ranges.count
    let expected = header.names.count
    let message =
      switch flaw {
      case .openQuote:
        "a quoted field does not end on its line. Close the quote; line breaks inside fields are not read."
      case .textAfterQuote:
        "there is text after a closing quote. Double the quotes inside a quoted field."
      case nil:
        hasSurplus
          ? "the row has more fields than the \(expected) of the header. Quote texts that contain the delimiter; write numbers with a point."
          : "the row has \(found) fields, the header has \(expected). Complete or remove it."
      }
    record(.malformedRow, message, number)
  }

  private mutating func recordTime(_ bytes: Span<UInt8>, _ number: Int) {
    let field = DecimalNumber.trimmed(bytes, fields.ranges[time])
    let what = field.isEmpty ? "the time is empty" : "time \(quoted(bytes, field)) is not understood"
    record(
      .badValue, "\(what). Write it like 2016-01-02T03:04:05.678Z, or as seconds or milliseconds since 1970.", number)
  }

  private mutating func recordNumber(_ name: String, _ bytes: Span<UInt8>, _ field: Range<Int>, _ number: Int) {
    let what = field.isEmpty ? "the \(name) is empty" : "\(name) \(quoted(bytes, field)) is not a number"
    record(.badValue, "\(what). Write decimal degrees with a point, like 52.5.", number)
  }

  private mutating func record(_ code: FormatError.Code, _ message: String, _ number: Int) {
    report.record(FormatError(code, message, at: place(number)))
  }

  private func quoted(_ bytes: Span<UInt8>, _ field: Range<Int>) -> String {
    "\"\(ByteText.repaired(bytes, field.prefix(40)))\""
  }
}
