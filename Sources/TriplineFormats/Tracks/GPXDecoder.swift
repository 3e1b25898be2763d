import TriplineCore

/// Follows the elements of one GPX file and makes fixes of its track points.
struct GPXDecoder {
  private struct Point {
    var line: Int
    var latitude: Double?
    var longitude: Double?
    var time: Int64?
    var hasTime = false
    var altitude: Double?
    var speed: Double?
    var course: Double?
  }

  private let input: InputFile
  private(set) var report = ReadReport()
  private var check = FixCheck()
  private var untimed = UntimedPoints()
  /// The open elements.
  private var path: [GPXElement] = []
  private var isCollecting = false
  private var collected: [UInt8] = []
  private var point: Point?
  private var trackCount = 0
  private var trackName = ""
  /// The index of the current track, once it has a point.
  private var track: UInt32?
  private var usedIDs: Set<String> = []
  private var routePoints = 0
  private var waypoints = 0

  init(_ input: InputFile) { self.input = input }

  /// A start tag, with the position it gives if it is a point's.
  mutating func start(_ element: GPXElement, latitude: Double?, longitude: Double?, line: Int) {
    let parent = path.last
    path.append(element)
    isCollecting = false
    switch (parent, element) {
    case (.gpx, .trk):
      trackCount += 1
      (trackName, track) = ("", nil)
    case (.trkseg, .trkpt): point = Point(line: line, latitude: latitude, longitude: longitude)
    case (_, .rtept): routePoints += 1
    case (_, .wpt): waypoints += 1
    case (.trk, .name), (.trkpt, .time), (.trkpt, .ele), (.trkpt, .speed), (.trkpt, .course):
      isCollecting = true
      collected.removeAll(keepingCapacity: true)
    default: break
    }
  }

  /// Text, which may come in pieces.
  mutating func text(_ bytes: Span<UInt8>) {
    guard isCollecting, collected.count < 4096 else { return }
    for index in bytes.indices { collected.append(bytes[index]) }
  }

  /// An end tag; returns the fix if it ends a track point that is one.
  mutating func end(_ tracks: inout TrackTable) -> Fix? {
    guard let element = path.popLast() else { return nil }
    if isCollecting {
      isCollecting = false
      take(element)
    } else if element == .trkpt, let point {
      self.point = nil
      return fix(point, &tracks)
    }
    return nil
  }

  /// The end of the document, or of what can be read of it.
  mutating func end(with failure: FormatError?) {
    if let failure { report.record(failure) }
    if let problem = untimed.problemAtEnd(file: input.name) { report.record(problem) }
    check.conclude(&report, place: .init(file: input.name))
    guard report.rows == 0, report.isClean else { return }
    let others = [(routePoints, "route points"), (waypoints, "waypoints")].filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)" }.joined(separator: " and ")
    let what = trackCount == 0 ? "has no track" : "has no track points"
    let also = others.isEmpty ? "" : "; its \(others) are planned places, not recorded ones"
    report.record(FormatError(.noTracks, "\(what)\(also). Export the recorded track.", at: .init(file: input.name)))
  }

  /// Uses the text of an element that has ended.
  private mutating func take(_ element: GPXElement) {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    while collected.last.map(isSpace) == true { collected.removeLast() }
    let field = (collected.firstIndex { !isSpace($0) } ?? collected.endIndex)..<collected.endIndex
    switch element {
    case .name: trackName = ByteText.repaired(collected.span, field)
    case .time:
      let value = Timestamp.parse(collected.span, field)
      point?.hasTime = !field.isEmpty
      point?.time = value
    case .ele:
      let value = measure("ele", field)
      point?.altitude = value
    case .speed:
      let value = measure("speed", field)
      point?.speed = value
    default:
      let value = measure("course", field)
      point?.course = value
    }
  }

  private mutating func measure(_ name: String, _ field: Range<Int>) -> Double? {
    guard !field.isEmpty else { return nil }
    if let value = DecimalNumber.parse(collected.span, field) { return value }
    record(.badValue, "<\(name)> of a track point is not a number; the fix is used without it.", point?.line ?? 1)
    return nil
  }

  private mutating func fix(_ point: Point, _ tracks: inout TrackTable) -> Fix? {
    report.rows += 1
    let track = currentTrack(&tracks)
    let sequence = tracks.countRow(of: track)
    guard let latitude = point.latitude, let longitude = point.longitude else {
      let name = point.latitude == nil ? "lat" : "lon"
      record(.badValue, "\(name) of the track point is missing or not a number. Write decimal degrees.", point.line)
      return nil
    }
    guard let time = point.time else {
      if point.hasTime {
        record(
          .badValue, "the time of the track point is not understood. Write it like 2016-01-02T03:04:05.678Z.",
          point.line)
      } else {
        untimed.add(line: point.line, file: input.name, to: &report)
      }
      return nil
    }
    untimed.sawTime(file: input.name, report: &report)
    report.delivered += 1
    let fix = Fix(
      vehicle: track, time: time, latitude: latitude, longitude: longitude, speed: point.speed.map(Float.init),
      course: point.course.map(Float.init), altitude: point.altitude.map(Float.init), sequence: sequence)
    check.look(at: fix, &tracks, &report, place: FormatError.Place(file: input.name, line: point.line))
    return fix
  }

  /// The current track, which gets its id with its first point: its name, unless an earlier track of the file has it
  /// or it has none; then the file's stem and the track's position, `drive#2`.
  private mutating func currentTrack(_ tracks: inout TrackTable) -> UInt32 {
    if let track { return track }
    var id = trackName
    if id.isEmpty || usedIDs.contains(id) { id = "\(input.stem)#\(trackCount)" }
    usedIDs.insert(id)
    let index = tracks.insert(.init(trackID: id, vehicleID: input.stem, source: input.name))
    track = index
    return index
  }

  private mutating func record(_ code: FormatError.Code, _ message: String, _ line: Int) {
    report.record(FormatError(code, message, at: .init(file: input.name, line: line)))
  }
}
