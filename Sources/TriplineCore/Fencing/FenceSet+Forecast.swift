/// When a vehicle will enter or leave a fence if it goes on as it does.
public struct FenceForecast: Sendable, Equatable {
  /// The fence, by its index in the set.
  public var fence: UInt32
  /// Whether it will be left; otherwise it will be entered.
  public var isExit: Bool
  /// Seconds from now.
  public var seconds: Double
  /// Where.
  public var coordinate: Coordinate
}

extension FenceSet {
  /// The fences that a vehicle will enter and leave if it keeps its speed and course, in the order of time.
  ///
  /// A fence that it is inside of now is only left. Heights are not looked at. The way is straight in longitude and
  /// latitude to the place that the course leads to, and at most 10,000 km long; there is none for a vehicle that does not
  /// move or whose course is no number.
  /// - Parameters:
  ///   - coordinate: where it is.
  ///   - speed: metres a second.
  ///   - course: degrees clockwise from north.
  ///   - horizon: how far to look ahead, in seconds.
  /// - Complexity: O(cells and edges on the way).
  public func forecast(
    from coordinate: Coordinate, speed: Double, course: Double, within horizon: Double
  ) -> [FenceForecast] {
    guard speed > 0, horizon > 0, (speed * horizon).isFinite, course.isFinite, abs(coordinate.latitude) <= 90,
      abs(coordinate.longitude) <= 180
    else { return [] }
    // Half the Earth at most: beyond that the way leads back.
    let length = min(speed * horizon, 10_000_000)
    let milliseconds = Int64((length / speed * 1000).rounded(.up))
    let end = Geodesic.destination(from: coordinate, azimuth: course, distance: length)
    var tracker = FenceTracker(missingAltitude: .inside, isMeasuring: false)
    var state = FenceTracker.State()
    var events = EventBuffer()
    let from = PlanarPoint(x: coordinate.longitude, y: coordinate.latitude)
    tracker.start(
      &state, vehicle: 0, time: 0, at: from, altitude: .nan, sequence: 0, in: self, events: &events)
    let step = FenceTracker.Step(
      vehicle: 0, fromTime: 0, from: from, toTime: milliseconds,
      to: PlanarPoint(x: end.longitude, y: end.latitude), sequence: 0, isInferable: true,
      fromAltitude: .nan, toAltitude: .nan)
    if let destination = tracker.look(
      &state, from: step.from, to: step.to, at: grid.place(x: step.to.x, y: step.to.y), in: self)
    {
      tracker.advance(&state, step, to: destination, in: self, events: &events)
    }
    var forecasts: [FenceForecast] = []
    for change in tracker.changes {
      func add(isExit: Bool, at fraction: Double) {
        forecasts.append(
          FenceForecast(
            fence: change.fence, isExit: isExit, seconds: fraction * length / speed,
            coordinate: step.coordinate(at: fraction)))
      }
      add(isExit: change.kind == .exit, at: change.fraction)
      if change.kind == .cross { add(isExit: true, at: change.exitFraction) }
    }
    return forecasts.sorted { ($0.seconds, $0.isExit ? 0 : 1, $0.fence) < ($1.seconds, $1.isExit ? 0 : 1, $1.fence) }
  }

  /// The same for a fix that states speed and course; nothing for one that does not. What would happen to a fence once its time is
  /// over is left out.
  public func forecast(for fix: Fix, within horizon: Double) -> [FenceForecast] {
    guard let speed = fix.speed, let course = fix.course else { return [] }
    return forecast(from: fix.coordinate, speed: Double(speed), course: Double(course), within: horizon)
      .filter { names.end(of: $0.fence) > fix.time + Int64($0.seconds * 1000) }
  }
}
