import TriplineCore
import TriplineFormats

/// What the map and the chart of a trip report are drawn from, for its script.
struct TripDrawing: Encodable {
  /// A part of the way driven in one range of speed; the last of them is that of unknown speed, and `range` is `nil`
  /// where nobody knows the way.
  struct Run: Encodable {
    var range: Int?
    var path: [[Double]]
  }

  struct Mark: Encodable {
    var at: [Double]
    var text: String
    /// Its number among the stops, or how serious it is, from 0 to 3.
    var number: Int
  }

  struct Span: Encodable {
    var start: Int64
    var end: Int64
  }

  /// Rows of the chart: milliseconds on the clock of the zone, kilometres an hour, the limit, latitude, longitude. A row
  /// with the time alone ends a line.
  private(set) var rows: [[Double?]] = []
  private(set) var hasLimits = false
  private(set) var isReported = true
  private(set) var way: [Run] = []
  private(set) var stops: [Mark] = []
  private(set) var events: [Mark] = []
  private(set) var ends: [Mark] = []
  private(set) var atRest: [Span] = []
  private(set) var noData: [Span] = []
  private(set) var fences: [MapShape]
  private(set) var countries: [MapShape]
  /// Fences on the map's part of the Earth for which there is no room.
  private(set) var leftOutFences: Int
  /// How far the drawn way is from the fixes, in metres.
  private(set) var tolerance = 1.0

  /// Above these speeds in kilometres an hour a range of the way has another colour.
  static let bounds: [Double] = [10, 30, 50, 90]
  private static let mostPoints = 5_000
  private static let mostRows = 3_000
  private static let mostCorners = 6_000

  init(_ report: TripReport, _ text: PageText, countries: [MapShape]) {
    // Those that were visited before all others.
    let sorted = report.fences.filter { $0.isVisited == true } + report.fences.filter { $0.isVisited != true }
    (fences, leftOutFences) = MapShape.shown(sorted, on: report.view.widened(by: 0.02), corners: Self.mostCorners)
    self.countries = MapShape.shown(countries, on: report.view.widened(by: 2), corners: Self.mostCorners).shapes
    let reported = report.points.count { $0.speed != nil }
    isReported = reported * 2 >= report.points.count
    let measured = Self.measured(report.points)
    let stated = report.points.map { $0.speed.map { Double($0) } }
    draw(report.points, zip(stated, measured).map { $0 ?? $1 })
    chart(report.points, isReported ? stated : measured, text, gap: report.configuration.trips.gapDuration)
    mark(report, text)
  }

  /// Speeds over at least three seconds from positions, for receivers that state none.
  private static func measured(_ points: [TripReport.Point]) -> [Double?] {
    var base = 0
    return points.indices.map { index in
      guard index > 0, points[index].isJoined else {
        base = index
        return nil
      }
      while base + 1 < index && points[index].time - points[base + 1].time >= 3_000 { base += 1 }
      let seconds = Double(points[index].time - points[base].time) / 1000
      guard seconds >= 3 else { return nil }
      func place(_ point: TripReport.Point) -> Coordinate {
        Coordinate(
          latitude: point.coordinate.latitude, longitude: MapView.longitude(point.coordinate.longitude, near: 0))
      }
      return Geodesic.step(from: place(points[base]), to: place(points[index])) / seconds
    }
  }

  private mutating func draw(_ points: [TripReport.Point], _ speeds: [Double?]) {
    let fixes = points.map {
      Fix(
        vehicle: 0, time: $0.time, latitude: $0.coordinate.latitude,
        longitude: MapView.longitude($0.coordinate.longitude, near: 0))
    }
    var kept = TrackSimplifier.keptIndices(of: fixes.span, tolerance: tolerance, by: .time)
    while kept.count > Self.mostPoints {
      tolerance *= 2
      kept = TrackSimplifier.keptIndices(of: fixes.span, tolerance: tolerance, by: .time)
    }
    for (first, last) in zip(kept, kept.dropFirst()) {
      let isKnown = points[(first + 1)...last].allSatisfy(\.isJoined)
      let known = speeds[(first + 1)...last].compactMap { $0 }
      let speed = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
      let range: Int? =
        isKnown ? speed.map { speed in Self.bounds.count { speed * 3.6 > $0 } } ?? Self.bounds.count + 1 : nil
      let place = MapView.pair(points[last].coordinate)
      if let run = way.last, run.range == range {
        way[way.count - 1].path.append(place)
      } else {
        way.append(Run(range: range, path: [MapView.pair(points[first].coordinate), place]))
      }
    }
  }

  /// At most so many rows: of each stretch of time the slowest and the fastest, so that no peak is lost.
  private mutating func chart(_ points: [TripReport.Point], _ speeds: [Double?], _ text: PageText, gap: Int64) {
    hasLimits = points.contains { $0.limit != nil }
    let size = max(1, (points.count * 2 + Self.mostRows - 1) / Self.mostRows)
    var last: Int64?
    for first in stride(from: 0, to: points.count, by: size) {
      let known = (first..<min(points.count, first + size)).filter { speeds[$0] != nil }
      guard let slowest = known.min(by: { speeds[$0] ?? 0 < speeds[$1] ?? 0 }),
        let fastest = known.max(by: { speeds[$0] ?? 0 < speeds[$1] ?? 0 })
      else {
        // The line does not go on where no speed is known.
        if let last { rows.append([Double(text.local(last)) + 1]) }
        continue
      }
      for index in Set([slowest, fastest]).sorted() {
        let point = points[index]
        let time = Double(text.local(point.time))
        if let last, point.time - last > gap { rows.append([time - 1]) }
        last = point.time
        let place = MapView.pair(point.coordinate)
        rows.append([
          time, Self.rounded((speeds[index] ?? 0) * 3.6), point.limit.map { Self.rounded(Double($0) * 3.6) }, place[0],
          place[1],
        ])
      }
    }
  }

  private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  private mutating func mark(_ report: TripReport, _ text: PageText) {
    for (stop, number) in report.numberedStops {
      let span = Span(start: text.local(stop.start), end: text.local(stop.end))
      guard let number else {
        noData.append(span)
        continue
      }
      stops.append(
        Mark(
          at: report.view.pair(stop.coordinate),
          text: "Stop \(number): \(text.time(stop.start)), \(TimeSpan.text(stop.duration))", number: number))
      atRest.append(span)
    }
    for trip in report.trips {
      for event in trip.events {
        events.append(
          Mark(
            at: report.view.pair(event.coordinate),
            text: "\(text.clock(event.start)) \(event.word), \(event.degree): \(event.details)",
            number: event.seriousness))
      }
    }
    for (word, point) in [("Start", report.points.first), ("End", report.points.last)] {
      guard let point else { continue }
      ends.append(Mark(at: MapView.pair(point.coordinate), text: "\(word): \(text.time(point.time))", number: 0))
    }
  }
}
