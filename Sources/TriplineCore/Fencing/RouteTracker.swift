/// Follows vehicles while they are outside of all fences.
struct RouteTracker: Sendable {
  private struct Open {
    var origin: UInt32?
    /// A stay outside: its fence says nothing.
    var stay: Stay
  }

  /// One for each vehicle that is outside.
  private var open: [UInt32: Open] = [:]

  /// The first fix of a vehicle outside of all fences, or the change of the fences that puts it there.
  mutating func begin(_ vehicle: UInt32, from origin: UInt32? = nil, at time: Int64, _ place: Coordinate, isFix: Bool) {
    var stay = Stay(fence: 0, enterTime: time, at: place, wasInsideAtStart: false)
    stay.measures.fixes = isFix ? 1 : 0
    open[vehicle] = Open(origin: origin, stay: stay)
  }

  /// A step and its changes.
  ///
  /// - Parameter memberCount: the fences that the vehicle is inside of at the end of the step.
  mutating func advance(
    over step: FenceTracker.Step, _ changes: [FenceTracker.Change], memberCount: Int, events: inout EventBuffer
  ) {
    let vehicle = step.vehicle
    open[vehicle]?.stay.add(step)
    if changes.isEmpty { return }
    // Crossings are an entry and an exit. What is left at an instant comes before what is entered.
    var crossings: [(fraction: Double, isEntry: Bool, fence: UInt32)] = []
    for change in changes {
      if change.kind != .exit { crossings.append((change.fraction, true, change.fence)) }
      if change.kind != .enter { crossings.append((change.exitFraction, false, change.fence)) }
    }
    crossings.sort { ($0.fraction, $0.isEntry ? 1 : 0, $0.fence) < ($1.fraction, $1.isEntry ? 1 : 0, $1.fence) }
    var count = memberCount - crossings.reduce(0) { $0 + ($1.isEntry ? 1 : -1) }
    // Where on this step a route has begun.
    var began: Double?
    for crossing in crossings {
      let (time, place) = (step.time(at: crossing.fraction), step.coordinate(at: crossing.fraction))
      if crossing.isEntry {
        if count == 0, var route = open.removeValue(forKey: vehicle) {
          if let began {
            route.stay.measures = StayMeasures()
            route.stay.measures.pass(with: step.motion, from: began, to: crossing.fraction)
          } else {
            route.stay.measures.end(with: step.motion, at: crossing.fraction)
          }
          close(route, of: vehicle, to: crossing.fence, at: time, place, &events)
        }
        count += 1
      } else {
        count -= 1
        guard count == 0 else { continue }
        began = crossing.fraction
        begin(vehicle, from: crossing.fence, at: time, place, isFix: false)
        open[vehicle]?.stay.measures.begin(with: step.motion, from: crossing.fraction)
      }
    }
  }

  /// The fences have changed.
  mutating func settle(
    _ vehicle: UInt32, isInside: Bool, at time: Int64, _ place: Coordinate, in transition: borrowing FenceTransition,
    events: inout EventBuffer
  ) {
    if isInside {
      guard let route = open.removeValue(forKey: vehicle) else { return }
      let origin = route.origin.flatMap { transition.name(of: $0) }
      close(Open(origin: origin, stay: route.stay), of: vehicle, to: nil, at: time, place, &events)
    } else if let route = open[vehicle] {
      open[vehicle]?.origin = route.origin.flatMap { transition.name(of: $0) }
    } else {
      begin(vehicle, at: time, place, isFix: false)
    }
  }

  /// The track is over.
  mutating func finish(_ vehicle: UInt32, at time: Int64, _ place: Coordinate, events: inout EventBuffer) {
    guard let route = open.removeValue(forKey: vehicle) else { return }
    close(route, of: vehicle, to: nil, at: time, place, &events)
  }

  mutating func forget(_ vehicle: UInt32) { open[vehicle] = nil }

  /// From one fence straight into the next there is no route.
  private func close(
    _ route: Open, of vehicle: UInt32, to destination: UInt32?, at time: Int64, _ place: Coordinate,
    _ events: inout EventBuffer
  ) {
    guard time > route.stay.enterTime else { return }
    let visit = route.stay.visit(of: vehicle, until: time, at: place, wasInsideAtEnd: false)
    events.append(.route(Route(visit, from: route.origin, to: destination)))
  }
}

extension RouteTracker {
  func write(_ vehicle: UInt32, ids fences: FenceSet, to coder: inout SnapshotCoder) throws(SnapshotError) {
    var isOpen = open[vehicle] != nil
    try coder.code(&isOpen)
    guard var route = open[vehicle] else { return }
    var hasOrigin = route.origin != nil
    var origin = route.origin.map { fences.id(of: $0) } ?? ""
    try coder.code(&hasOrigin)
    try coder.code(&origin)
    try route.stay.code(&coder)
  }

  mutating func read(_ vehicle: UInt32, ids fences: FenceSet, from coder: inout SnapshotCoder) throws(SnapshotError) {
    var isOpen = false
    try coder.code(&isOpen)
    guard isOpen else { return }
    var hasOrigin = false
    var origin = ""
    var stay = Stay(fence: 0, enterTime: 0, at: Coordinate(latitude: 0, longitude: 0), wasInsideAtStart: false)
    try coder.code(&hasOrigin)
    try coder.code(&origin)
    try stay.code(&coder)
    open[vehicle] = Open(origin: hasOrigin ? fences.index(of: origin) : nil, stay: stay)
  }
}
