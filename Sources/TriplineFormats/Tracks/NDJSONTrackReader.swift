import TriplineCore
import TriplineJSON

/// Reads tracks from one JSON object a line, with the names that CSV columns go by as keys.
struct NDJSONTrackReader: ~Copyable {
  private let input: InputFile
  private var lines: LineReader
  private var check = FixCheck()
  private var drivers = DriverCheck()
  private var isAtEnd = false
  private(set) var report = ReadReport()

  /// Bytes of the stored file that have been used up.
  var storedBytesRead: Int { lines.storedBytesRead }

  init(_ source: consuming ByteSource, input: InputFile) {
    self.input = input
    lines = LineReader(source)
  }

  /// Appends fixes until there are `limit` more, or until the end; returns whether any was appended.
  mutating func read(into batch: inout [Fix], limit: Int, tracks: inout TrackTable) throws(FormatError) -> Bool {
    let start = batch.count
    while !isAtEnd, batch.count < start + limit {
      let step: LineReader.Step
      do throws(FormatError) {
        step = try lines.next()
      } catch {
        isAtEnd = true
        guard error.code == .truncated || error.code == .corrupt else { throw error }
        report.record(error)
        break
      }
      switch step {
      case .line where lines.line.isEmpty:
        continue
      case .line:
        report.rows += 1
        do throws(FormatError) {
          try batch.append(decode(&tracks))
          report.delivered += 1
        } catch {
          report.record(error)
        }
      case .overlong:
        report.rows += 1
        report.record(LineReader.overlong(at: place))
      case .end:
        try end()
      }
    }
    return batch.count > start
  }

  private mutating func end() throws(FormatError) {
    isAtEnd = true
    if report.rows == 0 { throw FormatError(.empty, "is empty. Is the export complete?", at: .init(file: input.name)) }
    check.conclude(&report, place: .init(file: input.name, line: 1))
  }

  private var place: FormatError.Place { .init(file: input.name, line: lines.lineNumber) }

  private mutating func decode(_ tracks: inout TrackTable) throws(FormatError) -> Fix {
    let value: JSONValue
    do throws(JSONDocument.Failure) {
      value = try JSONDocument.parse(lines.buffer.span, lines.line)
    } catch {
      throw malformed(error.reason)
    }
    guard let object = value.object else { throw malformed("it is \(value.brief)") }
    let record = JSONRecord(object)
    let trackID = record.text(.track) ?? ""
    let vehicleID = record.text(.vehicle) ?? (trackID.isEmpty ? input.stem : trackID)
    let track = tracks.insert(
      .init(
        trackID: trackID.isEmpty ? vehicleID : trackID, vehicleID: vehicleID, driverID: record.text(.driver) ?? "",
        source: input.name))
    let sequence = tracks.countRow(of: track)
    guard let time = record.time(.time) else {
      throw FormatError(
        .badValue,
        "\(record.described(.time)) is no time. Write \"2016-01-02T03:04:05.678Z\", or seconds or "
          + "milliseconds since 1970.", at: place)
    }
    guard let latitude = record.number(.latitude), let longitude = record.number(.longitude) else {
      let column: TrackColumn = record.number(.latitude) == nil ? .latitude : .longitude
      throw FormatError(
        .badValue, "\(record.described(column)) is not a number. Write decimal degrees, like 52.5.", at: place)
    }
    var fix = Fix(vehicle: track, time: time, latitude: latitude, longitude: longitude, sequence: sequence)
    fix.altitudeOrNaN = optional(.altitude, record)
    fix.speedOrNaN = optional(.speed, record, scale: record.speedUnit(.speed).metersPerSecond)
    let limit = optional(.speedLimit, record, scale: record.speedUnit(.speedLimit).metersPerSecond)
    fix.speedLimit = limit.isNaN ? nil : limit
    fix.courseOrNaN = optional(.course, record)
    fix.accuracyOrNaN = optional(.accuracy, record)
    if record.isPresent(.ignition) {
      fix.ignition = record.truth(.ignition)
      if fix.ignition == nil { recordUnused(.ignition, record) }
    }
    if record.isPresent(.received) {
      if let received = record.time(.received) {
        fix.receivedOrMissing = received
      } else {
        recordUnused(.received, record)
      }
    }
    if let driver = record.text(.driver), let change = drivers.look(at: driver, of: track, in: tracks, at: place) {
      report.record(change)
    }
    check.look(
      at: fix, &tracks, &report, place: FormatError.Place(file: input.name, line: lines.lineNumber))
    return fix
  }

  private func malformed(_ reason: String) -> FormatError {
    FormatError(
      .malformedRow,
      "the line is not one JSON object: \(reason.hasSuffix(".") ? String(reason.dropLast()) : reason). Write one complete object a line.",
      at: place)
  }

  private mutating func optional(_ column: TrackColumn, _ record: JSONRecord, scale: Double = 1) -> Float {
    guard record.isPresent(column) else { return .nan }
    if let value = record.number(column) { return Float(value * scale) }
    recordUnused(column, record)
    return .nan
  }

  private mutating func recordUnused(_ column: TrackColumn, _ record: JSONRecord) {
    report.record(
      FormatError(
        .badValue, "\(record.described(column)) cannot be read; the fix is used without it. Leave it out, or null.",
        at: place))
  }
}
