public import Foundation
public import TriplineCore
public import TriplineFormats

/// One recorded track for people: where and how fast it went, its stops and trips, what they score and why, and how good
/// its data are.
public struct TripReport: Sendable {
  /// An accepted fix.
  struct Point: Sendable {
    var time: Int64
    /// The longitude goes on across 180 degrees.
    var coordinate: Coordinate
    /// Reported speed in metres a second.
    var speed: Float?
    var limit: Float?
    /// Whether the way to it from the one before may be taken as a straight line.
    var isJoined: Bool
  }

  /// A trip and what happened on it.
  struct ScoredTrip: Sendable {
    var trip: Trip
    var score: TripScore
    var harsh: [HarshEvent]
    var overspeeds: [OverspeedEvent]

    /// Those that are listed, in the order of time.
    var events: [any ReportedEvent] {
      let listed: [any ReportedEvent] = harsh.filter { $0.level > .noticeable } + overspeeds
      return listed.sorted { $0.start < $1.start }
    }
  }

  /// More trips than this are too many for a page of at most a megabyte.
  static let mostTrips = 60

  let track: TrackTable.Track
  let configuration: Engine.Configuration
  private(set) var points: [Point] = []
  private(set) var stops: [Stop] = []
  private(set) var trips: [ScoredTrip] = []
  /// Visits, and the ids of their fences.
  private(set) var visits: [(visit: Visit, fence: String)] = []
  private(set) var counts: GateCounts
  private(set) var view = MapView()
  private(set) var fences: [MapShape]

  /// Runs a track through the engine.
  ///
  /// - Parameters:
  ///   - track: the ids of the track.
  ///   - fixes: all its fixes, in the order of their source.
  ///   - fences: fences to be drawn, whose visits and speed limits count.
  ///   - configuration: what the engine is told; trips are scored whether it says so or not.
  ///   - start: only trips that start at this time or later, in milliseconds UTC, with the stops and visits around them.
  ///   - end: only trips that start before this time. All fixes go through the engine nonetheless, so that the rest
  ///     does not depend on the two; where no trip is left, what happened between the two is shown.
  /// - Throws: `empty` where nothing is left, and `tooLarge` where it is too much for one page.
  public init(
    _ track: TrackTable.Track, fixes: [Fix], fences: [Fence] = [],
    configuration: Engine.Configuration = Engine.Configuration(), from start: Int64? = nil, to end: Int64? = nil
  ) throws(FormatError) {
    var configuration = configuration
    if configuration.scoring == nil { configuration.scoring = ScoringParameters() }
    configuration.reportsTravel = true
    configuration.detectsTrips = true
    self.track = track
    self.configuration = configuration
    var problems: [FenceError] = []
    let set = FenceSet(fences, problems: &problems)
    self.fences = fences.filter { set.index(of: $0.id) != nil }.map { MapShape($0) }

    var engine = Engine(fences: set, configuration: configuration)
    var buffer = EventBuffer()
    engine.process(fixes.span, into: &buffer)
    engine.finish(into: &buffer)
    counts = engine.finishedCounts

    take(buffer.events, of: fixes, names: set, from: start, to: end)
    guard !points.isEmpty || !stops.isEmpty else {
      let what =
        start != nil || end != nil
        ? "no trip, stop or way in that time. Choose another one."
        : counts.accepted == 1
          ? "one fix that can be used, and a report takes two."
          : "no fix that can be used. Look at it with tripline tracks summary."
      throw FormatError(.empty, "track \(track.trackID) has \(what)", at: .init(file: track.source))
    }
    guard trips.count <= Self.mostTrips else {
      throw FormatError(
        .tooLarge,
        "track \(track.trackID) has \(trips.count) trips, and a page holds \(Self.mostTrips). Choose a part with --from and --to.",
        at: .init(file: track.source))
    }
  }

  private mutating func take(
    _ events: [Event], of fixes: [Fix], names: FenceSet, from start: Int64?, to end: Int64?
  ) {
    takeTrips(events, from: start, to: end)
    // Trips are shown whole, with what lies around them.
    var span = (start: start ?? .min, end: end ?? .max)
    if let first = trips.first, let last = trips.last {
      span = (start == nil ? .min : first.trip.start, end == nil ? .max : last.trip.end)
    }
    func isShown(_ start: Int64, _ end: Int64) -> Bool { start <= span.end && end >= span.start }
    var bySequence: [UInt32: Int] = [:]
    for (index, fix) in fixes.enumerated() { bySequence[fix.sequence] = index }
    for event in events {
      switch event {
      case .travel(let travel) where travel.startTime >= span.start && travel.endTime <= span.end:
        if points.isEmpty { append(travel.startTime, travel.start, nil, isJoined: false) }
        append(
          travel.endTime, travel.end, bySequence[travel.sequence].map { fixes[$0] }, isJoined: travel.isInferable)
      case .stop(let step) where step.phase == .ended && step.stop.kind != .pause:
        if isShown(step.stop.start, step.stop.end) { stops.append(step.stop) }
      case .visit(let visit) where isShown(visit.enterTime, visit.exitTime):
        visits.append((visit, names.id(of: visit.fence)))
      default: break
      }
    }
    if points.isEmpty, let stop = stops.first { append(stop.start, stop.coordinate, nil, isJoined: false) }
    let visited = Set(visits.map(\.fence))
    for index in fences.indices { fences[index].isVisited = visited.contains(fences[index].id) }
  }

  private mutating func takeTrips(_ events: [Event], from start: Int64?, to end: Int64?) {
    var scored = ScoredTrips(from: start, to: end)
    var harsh: [HarshEvent] = []
    var overspeeds: [OverspeedEvent] = []
    for event in events {
      switch event {
      case .trip: _ = scored.take([event])
      case .harsh(let event): harsh.append(event)
      case .overspeed(let event): overspeeds.append(event)
      case .score:
        if let (trip, score) = scored.take([event]).first {
          // What an engine says between two scores belongs to the second, but for what no trip came of. Where events
          // cannot be told well enough to be counted, none is listed.
          trips.append(
            ScoredTrip(
              trip: trip, score: score,
              harsh: harsh.filter { event in
                event.start >= trip.start && (event.kind == .corner ? score.corners : score.brakes) != nil
              },
              overspeeds: overspeeds.filter { $0.start >= trip.start }))
        }
        harsh.removeAll()
        overspeeds.removeAll()
      default: break
      }
    }
  }

  /// The stops and their numbers; a gap in which the vehicle travelled is no stop and has none.
  var numberedStops: [(stop: Stop, number: Int?)] {
    var count = 0
    return stops.map { stop in
      if stop.kind == .dataGap { return (stop, nil) }
      count += 1
      return (stop, count)
    }
  }

  private mutating func append(_ time: Int64, _ coordinate: Coordinate, _ fix: Fix?, isJoined: Bool) {
    let longitude = MapView.longitude(
      coordinate.longitude, near: points.last?.coordinate.longitude ?? coordinate.longitude)
    view.add(latitude: coordinate.latitude, longitude: longitude)
    points.append(
      Point(
        time: time, coordinate: Coordinate(latitude: coordinate.latitude, longitude: longitude),
        speed: fix?.speed.flatMap { $0 >= 0 && $0.isFinite ? $0 : nil },
        limit: [fix?.speedLimit, configuration.scoring?.speedLimit].compactMap { $0 }.min(), isJoined: isJoined))
  }

  /// The page, one HTML file that needs nothing else: no network, no other file.
  ///
  /// - Parameter zone: the time zone of all times on it.
  /// - Throws: `unreadableFile` where the parts it is made of are not beside the program, and `tooLarge`.
  public func page(in zone: TimeZone) throws(FormatError) -> String {
    let assets = try WebAssets()
    let times = stops.flatMap { [$0.start, $0.end] } + points.map(\.time)
    let text = PageText(zone: zone, from: times.min() ?? 0, to: times.max() ?? 0)
    let drawing = TripDrawing(self, text, countries: try assets.countries())
    return try assets.page("trip", TripPage(self, text, drawing), data: drawing)
  }
}
