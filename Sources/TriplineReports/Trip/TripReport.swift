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
  }

  /// More trips than this are too many for a page of at most a megabyte.
  static let mostTrips = 60

  let track: TrackTable.Track
  let configuration: Engine.Configuration
  private(set) var points: [Point] = []
  private(set) var stops: [Stop] = []
  private(set) var trips: [ScoredTrip] = []
  private(set) var visits: [(visit: Visit, fence: String)] = []
  private(set) var counts: GateCounts
  private(set) var view = MapView()
  let fences: [MapShape]

  /// Runs a track through the engine.
  ///
  /// - Parameters:
  ///   - track: the ids of the track.
  ///   - fixes: all its fixes, in the order of their source.
  ///   - fences: fences to be drawn, whose visits and speed limits count.
  ///   - configuration: what the engine is told; trips are scored whether it says so or not.
  ///   - start: trips and stops that are over at this time, in milliseconds UTC, are left out.
  ///   - end: trips and stops that begin at this time or later are left out. All fixes go through the engine nonetheless, so
  ///     that the rest does not depend on the two.
  /// - Throws: `empty` where nothing is left, and `tooLarge` where it is too much for one page.
  public init(
    _ track: TrackTable.Track, fixes: [Fix], fences: [Fence] = [],
    configuration: Engine.Configuration = Engine.Configuration(), from start: Int64? = nil, to end: Int64? = nil
  ) throws(FormatError) {
    var configuration = configuration
    if configuration.scoring == nil { configuration.scoring = ScoringParameters() }
    configuration.reportsTravel = true
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

    let window = (start ?? .min)..<(max(end ?? .max, start ?? .min))
    take(buffer.events, of: fixes, names: set, in: window)
    guard !points.isEmpty || !stops.isEmpty else {
      throw FormatError(
        .empty,
        "track \(track.trackID) has no fix \(start == nil && end == nil ? "that can be used" : "in that time").",
        at: .init(file: track.source))
    }
    guard trips.count <= Self.mostTrips else {
      throw FormatError(
        .tooLarge,
        "track \(track.trackID) has \(trips.count) trips, and a page holds \(Self.mostTrips). Choose a part with --from and --to.",
        at: .init(file: track.source))
    }
  }

  private mutating func take(_ events: [Event], of fixes: [Fix], names: FenceSet, in window: Range<Int64>) {
    var bySequence: [UInt32: Int] = [:]
    for (index, fix) in fixes.enumerated() { bySequence[fix.sequence] = index }
    func isShown(_ start: Int64, _ end: Int64) -> Bool { start < window.upperBound && end >= window.lowerBound }
    var pending: Trip?
    var harsh: [HarshEvent] = []
    var overspeeds: [OverspeedEvent] = []
    for event in events {
      switch event {
      case .travel(let travel):
        guard isShown(travel.startTime, travel.endTime) else { continue }
        if points.isEmpty { append(travel.startTime, travel.start, nil, isJoined: false) }
        append(
          travel.endTime, travel.end, bySequence[travel.sequence].map { fixes[$0] }, isJoined: travel.isInferable)
      case .stop(let step) where step.phase == .ended && step.stop.kind != .pause:
        if isShown(step.stop.start, step.stop.end) { stops.append(step.stop) }
      case .trip(let trip): pending = trip
      case .score(let score):
        guard let trip = pending, trip.start == score.start else { continue }
        pending = nil
        if isShown(trip.start, trip.end) {
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
      case .harsh(let event): harsh.append(event)
      case .overspeed(let event): overspeeds.append(event)
      case .visit(let visit) where isShown(visit.enterTime, visit.exitTime):
        visits.append((visit, names.name(of: visit.fence) ?? names.id(of: visit.fence)))
      default: break
      }
    }
    if points.isEmpty, let stop = stops.first { append(stop.start, stop.coordinate, nil, isJoined: false) }
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
    let text = PageText(zone: zone)
    let drawing = TripDrawing(self, text, countries: try assets.countries())
    let page = try assets.page("trip", TripPage(self, text, drawing), data: drawing)
    guard page.utf8.count <= 1_000_000 else {
      throw FormatError(
        .tooLarge,
        "the page would have \(page.utf8.count) bytes, more than a megabyte. Choose a part with --from and --to.",
        at: .init(file: track.source))
    }
    return page
  }
}
