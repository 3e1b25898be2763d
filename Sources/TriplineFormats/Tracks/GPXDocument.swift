import Foundation
import FoundationXML
import TriplineCore

/// Follows the elements of one GPX file and makes fixes of its track points.
final class GPXDocument: NSObject, XMLParserDelegate {
  private struct Point {
    var latitude: String?
    var longitude: String?
    var time: String?
    var values: [String: String] = [:]
    var line: Int
  }

  private let input: InputFile
  private let batchSize: Int
  private let deliver: (GPXBatch) -> Bool
  private var batch = GPXBatch()
  private var axes = AxisCheck()
  /// Local names of the open elements.
  private var path: [String] = []
  private var text = ""
  private var isCollecting = false
  private var point: Point?
  private var trackCount = 0
  private var trackName = ""
  /// Number of the current track among those with points, once it has one.
  private var track: Int?
  private var usedIDs: Set<String> = []
  private var routePoints = 0
  private var waypoints = 0
  private var untimed = UntimedPoints()
  private var isStopped = false

  init(input: InputFile, batchSize: Int, deliver: @escaping (GPXBatch) -> Bool) {
    self.input = input
    self.batchSize = batchSize
    self.deliver = deliver
  }

  /// Parses the whole input and delivers everything in it.
  func parse(_ source: consuming ByteSource) {
    let stream = GPXInputStream(source)
    let parser = XMLParser(stream: stream)
    parser.shouldProcessNamespaces = true
    parser.shouldResolveExternalEntities = false
    parser.delegate = self
    let isComplete = parser.parse()
    if let failure = stream.failure {
      if failure.code == .truncated || failure.code == .corrupt {
        batch.report.record(failure)
      } else {
        batch.failure = failure
      }
    } else if !isComplete, !isStopped {
      recordBroken(line: parser.lineNumber, parser.parserError)
    }
    finish()
  }

  private func finish() {
    if let problem = untimed.problemAtEnd(file: input.name) { batch.report.record(problem) }
    if axes.noticesAtEnd() { batch.report.record(AxisCheck.problem(at: .init(file: input.name))) }
    if batch.report.rows == 0, batch.report.isClean, batch.failure == nil {
      let others = [(routePoints, "route points"), (waypoints, "waypoints")].filter { $0.0 > 0 }
        .map { "\($0.0) \($0.1)" }.joined(separator: " and ")
      let what = trackCount == 0 ? "has no track" : "has no track points"
      let also = others.isEmpty ? "" : "; its \(others) are planned places, not recorded ones"
      batch.report.record(
        FormatError(.noTracks, "\(what)\(also). Export the recorded track.", at: .init(file: input.name)))
    }
    batch.isLast = true
    _ = deliver(batch)
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    guard !isStopped else { return }
    let parent = path.last
    path.append(name)
    isCollecting = false
    switch name {
    case _ where parent == nil && name != "gpx":
      batch.failure = FormatError(
        .unsupportedFormat, "is XML but not GPX: it starts with <\(name.prefix(40))>. Convert it to GPX or CSV.",
        at: .init(file: input.name, line: parser.lineNumber))
      stop(parser)
    case "trk" where parent == "gpx":
      trackCount += 1
      (trackName, track) = ("", nil)
    case "trkpt" where parent == "trkseg":
      point = Point(latitude: attributes["lat"], longitude: attributes["lon"], line: parser.lineNumber)
    case "rtept": routePoints += 1
    case "wpt": waypoints += 1
    case "name" where parent == "trk", "time" where parent == "trkpt", "ele" where parent == "trkpt",
      "speed" where parent == "trkpt", "course" where parent == "trkpt":
      isCollecting = true
      text = ""
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if isCollecting, text.utf8.count < 4096 { text += string }
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    if isCollecting, text.utf8.count < 4096 { text += String(decoding: block, as: UTF8.self) }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    guard !isStopped, path.popLast() != nil else { return }
    if isCollecting {
      isCollecting = false
      let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
      switch name {
      case "name": trackName = value
      case "time": point?.time = value
      default: point?.values[name] = value
      }
    } else if name == "trkpt", let point {
      self.point = nil
      add(point)
      if batch.rows.count >= batchSize, !handOver() { stop(parser) }
    }
  }

  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
    guard !isStopped else { return }
    recordBroken(line: parser.lineNumber, error)
    stop(parser)
  }

  private func stop(_ parser: XMLParser) {
    isStopped = true
    parser.abortParsing()
  }

  private func handOver() -> Bool {
    let isWanted = deliver(batch)
    batch.rows.removeAll(keepingCapacity: true)
    return isWanted
  }

  private func recordBroken(line: Int, _ error: (any Error)?) {
    let detail = (error as NSError?)?.userInfo["NSXMLParserErrorMessage"] as? String
    let reason = detail.map { " (\($0.trimmingCharacters(in: .whitespacesAndNewlines)))" } ?? ""
    batch.report.record(
      FormatError(
        .malformedDocument,
        "the XML is broken here\(reason); the points before it were read. Repair the file, or export it again.",
        at: .init(file: input.name, line: max(line, 1))))
  }
}

extension GPXDocument {
  private func add(_ point: Point) {
    batch.report.rows += 1
    let row = batch.rows.count
    batch.rows.append(.init(track: currentTrack(), fix: nil))
    let place = FormatError.Place(file: input.name, line: point.line)
    guard let latitude = number(point.latitude), let longitude = number(point.longitude) else {
      let name = number(point.latitude) == nil ? "lat" : "lon"
      let value = name == "lat" ? point.latitude : point.longitude
      batch.report.record(
        FormatError(
          .badValue, "\(name) \"\(value?.prefix(40) ?? "")\" of a track point is not a number. Write decimal degrees.",
          at: place))
      return
    }
    guard let written = point.time, !written.isEmpty else {
      untimed.add(line: point.line, file: input.name, to: &batch.report)
      return
    }
    let bytes = Array(written.utf8)
    guard let time = Timestamp.parse(bytes.span, bytes.indices) else {
      batch.report.record(
        FormatError(
          .badValue, "time \"\(written.prefix(40))\" is not understood. Write it like 2016-01-02T03:04:05.678Z.",
          at: place))
      return
    }
    untimed.sawTime(file: input.name, report: &batch.report)
    var fix = Fix(vehicle: 0, time: time, latitude: latitude, longitude: longitude)
    fix.altitudeOrNaN = optional("ele", point)
    fix.speedOrNaN = optional("speed", point)
    fix.courseOrNaN = optional("course", point)
    batch.rows[row].fix = fix
    batch.report.delivered += 1
    if axes.notices(latitude: latitude, longitude: longitude) { batch.report.record(AxisCheck.problem(at: place)) }
  }

  /// The number of the current track, which gets its id with its first point: its name, unless an earlier track of the
  /// file has it or it has none; then the file's stem and the track's position, `drive#2`.
  private func currentTrack() -> Int {
    if let track { return track }
    var id = trackName
    if id.isEmpty || usedIDs.contains(id) { id = "\(input.stem)#\(trackCount)" }
    usedIDs.insert(id)
    batch.trackIDs.append(id)
    track = batch.trackIDs.count - 1
    return batch.trackIDs.count - 1
  }

  private func number(_ text: String?) -> Double? {
    guard let bytes = text.map({ Array($0.utf8) }) else { return nil }
    return DecimalNumber.parse(bytes.span, bytes.indices)
  }

  private func optional(_ name: String, _ point: Point) -> Float {
    guard let text = point.values[name], !text.isEmpty else { return .nan }
    if let value = number(text) { return Float(value) }
    batch.report.record(
      FormatError(
        .badValue, "<\(name)> \"\(text.prefix(40))\" is not a number; the fix is used without it.",
        at: .init(file: input.name, line: point.line)))
    return .nan
  }
}
