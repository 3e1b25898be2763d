/// A time for which a moving point was inside of a fence.
public struct FencePeriod: Sendable, BitwiseCopyable, Hashable {
  /// The point, by its number.
  public var point: UInt32
  /// The fence, by its index in the set.
  public var fence: UInt32
  /// When it entered, in the unit of the times that were given.
  public var start: Int64
  /// When it left.
  public var end: Int64
  /// Whether it was inside already when it was first seen.
  public var isOpenAtStart: Bool
  /// Whether it was still inside when it was last seen.
  public var isOpenAtEnd: Bool
}

/// For which times moving points are inside of fences, by straight lines between positions and nothing else: no gate, no
/// stops, no limit on gaps. What temporal databases call the temporal intersection of a point and an area.
///
/// ```swift
/// var tracker = FencePeriodTracker(fences: fences)
/// for fix in track { tracker.move(0, to: fix.coordinate, at: fix.time) }
/// tracker.finish()
/// print(tracker.periods)
/// ```
///
/// A point that only touches a boundary is not inside of the fence for any time. Heights are not looked at.
public struct FencePeriodTracker: ~Copyable {
  /// Where a point is. Not private: a module that owns a tracker has to find what its buffer holds.
  struct Point {
    var state = FenceTracker.State()
    /// When it was seen last, or `unseen`.
    var time = Point.unseen
    var place = PlanarPoint(x: 0, y: 0)

    static let unseen = Int64.min
  }

  /// The fences.
  public let fences: FenceSet
  /// The periods that are over and have not been taken, in the order in which that became known.
  public private(set) var periods: [FencePeriod] = []
  private var tracker = FenceTracker(missingAltitude: .inside, isMeasuring: false)
  private var points = GrowingBuffer<Point>()
  private var events = EventBuffer()
  /// Where the points of a batch move to.
  private var places = GrowingBuffer<FenceGrid.Place>(capacity: FenceMatches.batch)

  /// Creates a tracker of points that have not been seen yet.
  public init(fences: FenceSet) { self.fences = fences }

  /// A point moves on.
  ///
  /// - Parameters:
  ///   - point: its number, from 0 on without gaps.
  ///   - coordinate: where it is.
  ///   - time: when, in any unit; instants on the way are rounded to whole ones.
  /// - Precondition: `time` is after the last one of the point and not `Int64.min`, the longitude is from -180 to 180.
  /// - Complexity: O(fences and edges near the way); O(1) while the point stays in a cell that no fence cuts.
  @inline(__always)
  public mutating func move(_ point: UInt32, to coordinate: Coordinate, at time: Int64) {
    move(point, to: coordinate, at: time, fences.grid.place(x: coordinate.longitude, y: coordinate.latitude))
  }

  /// Many points move on, one after the other: each is the vehicle of its fix, of which place and time are looked at.
  ///
  /// The same as one call for each, and faster where points are far apart: what has to be fetched from memory for one is
  /// under way while others are looked at.
  /// - Precondition: as for a single one.
  public mutating func move(_ fixes: Span<Fix>) {
    var start = 0
    while start < fixes.count {
      let end = min(start + FenceMatches.batch, fixes.count)
      moveBatch(fixes.extracting(start..<end))
      start = end
    }
  }

  private mutating func moveBatch(_ fixes: Span<Fix>) {
    places.removeAll()
    for index in fixes.indices {
      let point = Int(fixes[index].vehicle)
      if point < points.count { points.prefetch(point) }
      places.append(fences.grid.place(x: fixes[index].longitude, y: fixes[index].latitude))
    }
    for index in places.indices { fences.grid.prefetch(places[index]) }
    for index in fixes.indices {
      move(fixes[index].vehicle, to: fixes[index].coordinate, at: fixes[index].time, places[index])
    }
  }

  @inline(__always)
  private mutating func move(
    _ point: UInt32, to coordinate: Coordinate, at time: Int64, _ place: FenceGrid.Place
  ) {
    let index = Int(point)
    let to = PlanarPoint(x: coordinate.longitude, y: coordinate.latitude)
    guard index < points.count, points[index].time != Point.unseen else { return begin(index, at: to, time) }
    let (last, from) = (points[index].time, points[index].place)
    precondition(time > last && abs(coordinate.longitude) <= 180, "times go on, and longitudes are from -180 to 180")
    points[index].time = time
    points[index].place = to
    guard let destination = tracker.look(&points[index].state, from: from, to: to, at: place, in: fences) else {
      return
    }
    let step = FenceTracker.Step(
      vehicle: point, fromTime: last, from: from, toTime: time, to: to, sequence: 0,
      isInferable: true, fromAltitude: .nan, toAltitude: .nan)
    tracker.advance(&points[index].state, step, to: destination, in: fences, events: &events)
    if !events.isEmpty { collectPeriods() }
  }

  /// Takes the periods that are over out.
  public mutating func takePeriods() -> [FencePeriod] {
    defer { periods.removeAll(keepingCapacity: true) }
    return periods
  }

  /// All points stay where they were last seen: what they are inside of ends there.
  public mutating func finish() {
    for index in points.indices {
      let time = points[index].time
      if time == Point.unseen { continue }
      tracker.finish(
        &points[index].state, vehicle: UInt32(index), time: time, at: points[index].place, sequence: 0,
        events: &events)
      points[index].time = Point.unseen
    }
    collectPeriods()
  }

  @inline(never)
  private mutating func begin(_ index: Int, at place: PlanarPoint, _ time: Int64) {
    precondition(abs(place.x) <= 180 && time > .min, "longitudes are from -180 to 180, times after Int64.min")
    while index >= points.count { points.append(Point()) }
    points[index].time = time
    points[index].place = place
    tracker.start(
      &points[index].state, vehicle: UInt32(index), time: time, at: place, altitude: .nan, sequence: 0,
      in: fences, events: &events)
    events.removeAll()
  }

  private mutating func collectPeriods() {
    for event in events.events {
      guard case .visit(let visit) = event else { continue }
      periods.append(
        FencePeriod(
          point: visit.vehicle, fence: visit.fence, start: visit.enterTime, end: visit.exitTime,
          isOpenAtStart: visit.wasInsideAtStart, isOpenAtEnd: visit.wasInsideAtEnd))
    }
    events.removeAll()
  }
}
