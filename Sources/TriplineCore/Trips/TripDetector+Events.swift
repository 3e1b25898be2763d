/// What the detector says.
extension TripDetector {
  /// Ends the stop behind the vehicle: a trip has come of it.
  mutating func depart(_ context: borrowing Context, _ events: inout EventBuffer) {
    estimateDeparture(context)
    endOpenStop(context, &events)
  }

  mutating func endOpenStop(_ context: borrowing Context, _ events: inout EventBuffer) {
    emit(.ended, stop.stop(of: context.vehicle), context, &events)
    hasOpenStop = false
  }

  func emit(
    _ phase: StopEvent.Phase, _ stop: Stop, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    events.append(.stop(StopEvent(phase: phase, stop: stop)))
  }

  func emit(_ trip: Trip, _ events: inout EventBuffer) { events.append(.trip(trip)) }

  /// The candidate as a stop or pause.
  func candidate(_ kind: Stop.Kind, end: Int64, _ context: borrowing Context) -> Stop {
    var value = OpenStop(kind: kind, start: candidateStart, end: end)
    value.include(anchor)
    return value.stop(of: context.vehicle)
  }

  /// The stop the vehicle is at, the fixes at its place included.
  func current(_ context: borrowing Context) -> Stop {
    var value = stop
    value.include(anchor)
    return value.stop(of: context.vehicle)
  }

  func trip(until end: Int64, at place: Coordinate, isOpenEnded: Bool, _ context: borrowing Context) -> Trip {
    // Of three sparse fixes the middle speed may be slow where the vehicle was fast once: it was as fast as on average at least.
    let seen = end - tripStart - totals.gap
    let average = seen > 0 ? Float(totals.distance * 1000 / Double(seen)) : 0
    let maximum = totals.maximumSpeed < average ? average : totals.maximumSpeed
    return Trip(
      vehicle: context.vehicle, fixes: totals.fixes, pauses: totals.pauses, isOpenEnded: isOpenEnded, start: tripStart,
      end: end, startCoordinate: tripPlace.coordinate, endCoordinate: place, distance: totals.distance,
      gapDistance: totals.gapDistance, dopplerDistance: totals.hasDoppler ? totals.doppler : nil,
      moving: totals.moving, stationary: totals.stationary, gap: totals.gap,
      maximumSpeed: maximum.isNaN ? nil : maximum,
      percentile95Speed: totals.speeds.quantile(0.95).map { maximum.isNaN ? $0 : min($0, maximum) })
  }
}
