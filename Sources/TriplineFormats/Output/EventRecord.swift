import TriplineCore

/// The values of one event in the order of the columns, in a list that is used again for every event.
struct EventRecord {
  private(set) var values: [(column: EventColumn, value: EventValue)] = []
  /// The places of the event in order: none, one, or start and end.
  private(set) var places: [Coordinate] = []

  /// Takes the values of an event; a kind of event always has the same columns. `revision` is what became of it, where that has a
  /// column.
  mutating func fill(_ event: Event, names: EventNames, revision: EventValue?) {
    values.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    switch event {
    case .fence(let event): fill(event, names)
    case .rule(let event): fill(event, names)
    case .decision(let decision): fill(decision, names)
    case .visit(let visit): fill(visit, names)
    case .route(let route): fill(route, names)
    case .stop(let event): fill(event, names)
    case .trip(let trip): fill(trip, names)
    case .harsh(let event): fill(event, names)
    case .overspeed(let event): fill(event, names)
    case .score(let score): fill(score, names)
    case .travel(let travel): fill(travel, names)
    }
    if let revision { add(.revision, revision) }
  }

  private mutating func add(_ column: EventColumn, _ value: EventValue) { values.append((column, value)) }

  private mutating func addIDs(_ vehicle: UInt32, _ names: EventNames) {
    let track = names.tracks[Int(vehicle)]
    add(.trackID, .text(track.trackID))
    add(.vehicleID, .text(track.vehicleID))
  }

  private mutating func fill(_ event: FenceEvent, _ names: EventNames) {
    let isCross = event.kind == .cross
    add(.type, .text("fence"))
    add(.event, .text("\(event.kind)"))
    addIDs(event.vehicle, names)
    add(.fenceID, .text(names.fenceIDs[Int(event.fence)]))
    add(.time, .time(event.time))
    add(.endTime, isCross ? .time(event.exitTime) : .missing)
    add(.latitude, .degrees(event.coordinate.latitude))
    add(.longitude, .degrees(event.coordinate.longitude))
    add(.endLatitude, isCross ? .degrees(event.exitCoordinate.latitude) : .missing)
    add(.endLongitude, isCross ? .degrees(event.exitCoordinate.longitude) : .missing)
    add(.interpolated, .flag(event.isInterpolated))
    add(.previousFixTime, .time(event.previousFixTime))
    add(.fixTime, .time(event.fixTime))
    add(.row, .count(event.sequence))
    add(.reason, .text(event.reason.name))
    places.append(event.coordinate)
  }

  private mutating func fill(_ event: RuleEvent, _ names: EventNames) {
    add(.type, .text("rule"))
    add(.event, .text("\(event.kind)"))
    addIDs(event.vehicle, names)
    add(.fenceID, .text(names.fenceIDs[Int(event.fence)]))
    add(.time, .time(event.time))
    add(.latitude, .degrees(event.coordinate.latitude))
    add(.longitude, .degrees(event.coordinate.longitude))
    add(.reason, .text(event.reason.name))
    add(.rule, .text(names.ruleIDs[Int(event.rule)]))
    add(.decidedTime, .time(event.decidedTime))
    add(.bySilence, .flag(event.isBySilence))
    add(.fixesFor, .count(UInt32(event.fixesFor)))
    add(.boundaryDistance, .measure(event.distance.map { Double($0) }))
    add(.accuracyTaken, .measure(Double(event.accuracy)))
    add(.probability, .measure(event.probability.map { Double($0) }))
    places.append(event.coordinate)
  }

  private mutating func fill(_ decision: RuleDecision, _ names: EventNames) {
    add(.type, .text("decision"))
    add(.event, .text("\(decision.change)"))
    add(.kind, .text("\(decision.verdict)"))
    addIDs(decision.vehicle, names)
    add(.fenceID, .text(names.fenceIDs[Int(decision.fence)]))
    add(.time, .time(decision.time))
    add(.latitude, .degrees(decision.coordinate.latitude))
    add(.longitude, .degrees(decision.coordinate.longitude))
    add(.fixTime, .time(decision.fixTime))
    add(.reason, .text(decision.outcome.name))
    add(.rule, .text(names.ruleIDs[Int(decision.rule)]))
    add(.fixesFor, .count(UInt32(decision.fixesFor)))
    add(.boundaryDistance, .measure(decision.distance.map { Double($0) }))
    add(.accuracyTaken, .measure(Double(decision.accuracy)))
    add(.probability, .measure(decision.probability.map { Double($0) }))
    add(.pendingSince, .time(decision.pendingSince))
    add(.fixesNeeded, .count(UInt32(decision.fixesNeeded)))
    add(.durationNeeded, .milliseconds(decision.durationNeeded))
    add(.distanceNeeded, .measure(Double(decision.distanceNeeded)))
    add(.progress, .measure(decision.progress.map { Double($0) }))
    add(.basis, .text(decision.basis.name))
    add(.statedAccuracy, .measure(decision.statedAccuracy.map { Double($0) }))
    places.append(decision.coordinate)
  }

  private mutating func fill(_ visit: Visit, _ names: EventNames) {
    add(.type, .text("visit"))
    addIDs(visit.vehicle, names)
    add(.fenceID, .text(names.fenceIDs[Int(visit.fence)]))
    add(.time, .time(visit.enterTime))
    add(.endTime, .time(visit.exitTime))
    add(.duration, .milliseconds(visit.duration))
    add(.latitude, .degrees(visit.enterCoordinate.latitude))
    add(.longitude, .degrees(visit.enterCoordinate.longitude))
    add(.endLatitude, .degrees(visit.exitCoordinate.latitude))
    add(.endLongitude, .degrees(visit.exitCoordinate.longitude))
    add(.insideAtStart, .flag(visit.wasInsideAtStart))
    add(.insideAtEnd, .flag(visit.wasInsideAtEnd))
    places += [visit.enterCoordinate, visit.exitCoordinate]
    guard visit.isMeasured else { return }
    add(.fixes, .count(visit.fixes))
    add(.stops, .count(visit.stops))
    add(.passThrough, .flag(visit.isPassThrough))
    add(.distance, .measure(visit.distance))
    add(.moving, .milliseconds(visit.moving))
    add(.stationary, .milliseconds(visit.stationary))
    add(.stopped, .milliseconds(visit.stopped))
    add(.gap, .milliseconds(visit.gap))
    add(.averageSpeed, .measure(visit.averageSpeed))
    add(.averageMovingSpeed, .measure(visit.averageMovingSpeed))
    add(.maximumSpeed, .measure(visit.maximumSpeed.map { Double($0) }))
  }

  private mutating func fill(_ event: StopEvent, _ names: EventNames) {
    let stop = event.stop
    add(.type, .text("stop"))
    add(.event, .text("\(event.phase)"))
    add(.kind, .text(stop.kind.name))
    addIDs(stop.vehicle, names)
    add(.time, .time(stop.start))
    add(.endTime, .time(stop.end))
    add(.duration, .milliseconds(stop.duration))
    add(.latitude, .degrees(stop.coordinate.latitude))
    add(.longitude, .degrees(stop.coordinate.longitude))
    add(.arrivalUncertainty, .milliseconds(stop.arrivalUncertainty))
    add(.departureUncertainty, .milliseconds(stop.departureUncertainty))
    add(.radius, .measure(stop.radius))
    add(.fixes, .count(stop.fixes))
    add(.shuffles, .count(stop.shuffles))
    places.append(stop.coordinate)
  }

  private mutating func fill(_ trip: Trip, _ names: EventNames) {
    add(.type, .text("trip"))
    addIDs(trip.vehicle, names)
    add(.time, .time(trip.start))
    add(.endTime, .time(trip.end))
    add(.duration, .milliseconds(trip.duration))
    add(.latitude, .degrees(trip.startCoordinate.latitude))
    add(.longitude, .degrees(trip.startCoordinate.longitude))
    add(.endLatitude, .degrees(trip.endCoordinate.latitude))
    add(.endLongitude, .degrees(trip.endCoordinate.longitude))
    add(.fixes, .count(trip.fixes))
    add(.pauses, .count(trip.pauses))
    add(.openEnded, .flag(trip.isOpenEnded))
    add(.distance, .measure(trip.distance))
    add(.gapDistance, .measure(trip.gapDistance))
    add(.dopplerDistance, .measure(trip.dopplerDistance))
    add(.moving, .milliseconds(trip.moving))
    add(.stationary, .milliseconds(trip.stationary))
    add(.gap, .milliseconds(trip.gap))
    add(.averageSpeed, .measure(trip.averageSpeed))
    add(.averageMovingSpeed, .measure(trip.averageMovingSpeed))
    add(.maximumSpeed, .measure(trip.maximumSpeed.map { Double($0) }))
    add(.percentile95Speed, .measure(trip.percentile95Speed.map { Double($0) }))
    places += [trip.startCoordinate, trip.endCoordinate]
  }
}

extension EventRecord {
  private mutating func fill(_ route: Route, _ names: EventNames) {
    func id(_ fence: UInt32?) -> EventValue { fence.map { .text(names.fenceIDs[Int($0)]) } ?? .missing }
    add(.type, .text("route"))
    addIDs(route.vehicle, names)
    add(.fenceID, id(route.destination))
    add(.time, .time(route.startTime))
    add(.endTime, .time(route.endTime))
    add(.duration, .milliseconds(route.duration))
    add(.latitude, .degrees(route.startCoordinate.latitude))
    add(.longitude, .degrees(route.startCoordinate.longitude))
    add(.endLatitude, .degrees(route.endCoordinate.latitude))
    add(.endLongitude, .degrees(route.endCoordinate.longitude))
    add(.fixes, .count(route.fixes))
    add(.stops, .count(route.stops))
    add(.distance, .measure(route.distance))
    add(.moving, .milliseconds(route.moving))
    add(.stationary, .milliseconds(route.stationary))
    add(.stopped, .milliseconds(route.stopped))
    add(.gap, .milliseconds(route.gap))
    add(.maximumSpeed, .measure(route.maximumSpeed.map { Double($0) }))
    add(.originFenceID, id(route.origin))
    places += [route.startCoordinate, route.endCoordinate]
  }

  private mutating func fill(_ event: HarshEvent, _ names: EventNames) {
    add(.type, .text("harsh"))
    add(.event, .text("\(event.kind)"))
    addIDs(event.vehicle, names)
    add(.time, .time(event.start))
    add(.endTime, .time(event.end))
    add(.duration, .milliseconds(event.duration))
    add(.latitude, .degrees(event.coordinate.latitude))
    add(.longitude, .degrees(event.coordinate.longitude))
    add(.row, .count(event.firstSequence))
    add(.statedAccuracy, .measure(event.accuracy.map { Double($0) }))
    add(.level, .text("\(event.level)"))
    add(.peakAcceleration, .measure(Double(event.peak)))
    add(.change, .measure(Double(event.change)))
    add(.speedBefore, .measure(Double(event.speedBefore)))
    add(.lastRow, .count(event.lastSequence))
    places.append(event.coordinate)
  }

  private mutating func fill(_ event: OverspeedEvent, _ names: EventNames) {
    add(.type, .text("overspeed"))
    addIDs(event.vehicle, names)
    add(.time, .time(event.start))
    add(.endTime, .time(event.end))
    add(.duration, .milliseconds(event.duration))
    add(.latitude, .degrees(event.coordinate.latitude))
    add(.longitude, .degrees(event.coordinate.longitude))
    add(.row, .count(event.firstSequence))
    add(.distance, .measure(Double(event.distance)))
    add(.level, .text("\(event.tier)"))
    add(.peakSpeed, .measure(Double(event.peak)))
    add(.speedLimit, .measure(Double(event.limit)))
    add(.lastRow, .count(event.lastSequence))
    places.append(event.coordinate)
  }

  private mutating func fill(_ score: TripScore, _ names: EventNames) {
    add(.type, .text("score"))
    addIDs(score.vehicle, names)
    add(.time, .time(score.start))
    add(.endTime, .time(score.end))
    add(.row, .count(score.firstSequence))
    add(.distance, .measure(score.distance))
    add(.reason, score.driving.absence.map { .text($0.name) } ?? .missing)
    add(.lastRow, .count(score.lastSequence))
    add(.score, .measure(score.driving.value))
    add(.scoreLow, .measure(score.driving.low))
    add(.scoreHigh, .measure(score.driving.high))
    add(.confidence, .measure(score.driving.value == nil ? nil : score.driving.confidence))
    add(.quality, .measure(score.quality.value))
  }

  private mutating func fill(_ travel: Travel, _ names: EventNames) {
    add(.type, .text("travel"))
    addIDs(travel.vehicle, names)
    add(.time, .time(travel.startTime))
    add(.endTime, .time(travel.endTime))
    add(.latitude, .degrees(travel.start.latitude))
    add(.longitude, .degrees(travel.start.longitude))
    add(.endLatitude, .degrees(travel.end.latitude))
    add(.endLongitude, .degrees(travel.end.longitude))
    add(.row, .count(travel.sequence))
    places += [travel.start, travel.end]
  }
}

extension FenceEvent.Reason {
  /// The name in snake case.
  fileprivate var name: String {
    switch self {
    case .moved: "moved"
    case .fenceAdded: "fence_added"
    case .fenceChanged: "fence_changed"
    case .fenceRemoved: "fence_removed"
    case .fenceExpired: "fence_expired"
    case .ruleAdded: "rule_added"
    }
  }
}

extension DrivingScore.Absence {
  /// The name in snake case.
  var name: String {
    switch self {
    case .tooShort: "too_short"
    case .noSpeed: "no_speed"
    case .sampling: "sampling"
    case .quality: "quality"
    }
  }
}

extension RuleDecision.Basis {
  /// The name in snake case.
  fileprivate var name: String {
    switch self {
    case .fix: "fix"
    case .passage: "passage"
    case .silence: "silence"
    case .start: "start"
    case .fenceChange: "fence_change"
    case .end: "end"
    }
  }
}

extension RuleDecision.Outcome {
  /// The name in snake case.
  fileprivate var name: String {
    switch self {
    case .believed: "believed"
    case .tooNear: "too_near"
    case .tooUncertain: "too_uncertain"
    case .notAlong: "not_along"
    case .tooFewFixes: "too_few_fixes"
    case .tooShort: "too_short"
    case .cameBack: "came_back"
    }
  }
}

extension Stop.Kind {
  /// The name in snake case.
  package var name: String {
    switch self {
    case .observed: "observed"
    case .silent: "silent"
    case .uncertain: "uncertain"
    case .dataGap: "data_gap"
    case .pause: "pause"
    }
  }
}
