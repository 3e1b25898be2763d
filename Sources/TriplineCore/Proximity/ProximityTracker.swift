/// Tells when two moving vehicles come within a radius of one another and when they part.
///
/// It is fed with the ways that engines report (`Engine.Configuration.reportsTravel`). Between two fixes each vehicle
/// moves on a straight line, so that the distance of two is known at every instant that both ways cover, and an
/// encounter between the fixes is not missed. The radius is one: a circle, measured in the plane that touches the
/// ellipsoid between the two, right to 0.1 % up to 20 km and 70 degrees of latitude.
///
/// Where one of two is silent for longer than may be inferred, or jumps, they are apart from then on until both are seen
/// again. `advance` tells so of those of which nothing more comes.
///
/// What is told does not depend on which of two vehicles is heard of first, as long as `advance` is not told of a time whose ways
/// have not come, but for those that are no older than `patience`.
public struct ProximityTracker: ~Copyable {
  /// The rules.
  public private(set) var rules: [ProximityRule]
  private let patience: Int64
  private let longestInference: Int64
  var paths: [UInt32: [Travel]] = [:]
  private var index: ProximityIndex
  /// The pairs that are near, for each rule.
  var near: [Set<Pair>]

  struct Pair: Hashable, Comparable {
    var a: UInt32
    var b: UInt32

    static func < (one: Pair, other: Pair) -> Bool { (one.a, one.b) < (other.a, other.b) }
  }

  /// Creates a tracker that has seen nothing yet.
  ///
  /// - Parameters:
  ///   - rules: what to tell of.
  ///   - patience: how long the ways of vehicles are kept for others to be heard of, in milliseconds before the time that `advance`
  ///     is told of.
  ///   - longestInference: how long a vehicle may be silent and still be taken to have gone straight on, in milliseconds: that of
  ///     the engine whose ways these are.
  public init(rules: [ProximityRule], patience: Int64 = 600_000, longestInference: Int64 = 300_000) {
    self.rules = rules
    self.patience = patience
    self.longestInference = longestInference
    index = Self.index(of: rules)
    near = Array(repeating: [], count: rules.count)
  }

  /// The largest distance at which anything can change decides on its squares.
  private static func index(of rules: [ProximityRule]) -> ProximityIndex {
    ProximityIndex(reach: rules.reduce(0) { max($0, $1.radius + $1.margin) })
  }

  /// Goes over to other rules. Who is near by a rule that is there before and after, with the same id and distances, goes on being
  /// so, and the rule has to be about the two still; for others the ways that are known are met anew by what comes.
  public mutating func replaceRules(with rules: [ProximityRule]) {
    let before = zip(self.rules, near)
    near = rules.map { rule in
      before.first { $0.0.id == rule.id && $0.0.radius == rule.radius && $0.0.margin == rule.margin }?.1 ?? []
    }
    self.rules = rules
    index = Self.index(of: rules)
    for ways in paths.values { for way in ways { index.insert(way) } }
  }

  /// Makes a vehicle one of those that rules between two sets are about.
  ///
  /// - Parameters:
  ///   - vehicle: the vehicle, by dense index.
  ///   - rule: the index of a rule, whose pairs are `between` two sets.
  ///   - isFirst: whether it is in the first set.
  ///   - isSecond: whether it is in the second one.
  public mutating func include(_ vehicle: UInt32, inRule rule: Int, isFirst: Bool, isSecond: Bool) {
    guard case .between(var first, var second) = rules[rule].pairs else { return }
    if isFirst { first.insert(vehicle) }
    if isSecond { second.insert(vehicle) }
    rules[rule].pairs = .between(first, second)
  }

  /// Takes the ways among events, and appends what follows from them.
  ///
  /// - Complexity: O(vehicles within reach) for each.
  public mutating func process(_ events: some Sequence<Event>, into told: inout [ProximityEvent]) {
    for case .travel(let travel) in events { process(travel, into: &told) }
  }

  /// Takes a way of a vehicle; those of one vehicle in the order of time.
  public mutating func process(_ travel: Travel, into told: inout [ProximityEvent]) {
    guard travel.endTime > travel.startTime else { return }
    if let last = paths[travel.vehicle]?.last, travel.startTime > last.endTime + longestInference {
      for number in rules.indices {
        let pairs = near[number].filter { $0.a == travel.vehicle || $0.b == travel.vehicle }
        for pair in pairs.sorted() { partSilently(pair, number, before: .max, into: &told) }
      }
    }
    let around = index.vehicles(near: travel)
    if !travel.isInferable {
      for number in rules.indices {
        // Whoever is not around any more is met no more.
        for pair in near[number].sorted() where pair.a == travel.vehicle || pair.b == travel.vehicle {
          let other = pair.a == travel.vehicle ? pair.b : pair.a
          guard !around.contains(other), let last = paths[other]?.last, last.endTime >= travel.startTime else {
            continue
          }
          partSilently(pair, number, before: .max, into: &told)
        }
      }
    }
    // What is told does not depend on the order in which the index has them.
    for other in around.sorted() where other != travel.vehicle {
      guard rules.contains(where: { $0.isAbout(travel.vehicle, other) }) else { continue }
      for way in paths[other] ?? [] where way.endTime > travel.startTime && way.startTime < travel.endTime {
        meet(travel.vehicle < other ? (travel, way) : (way, travel), into: &told)
      }
    }
    index.insert(travel)
    paths[travel.vehicle, default: []].append(travel)
  }

  /// The last way of a vehicle is kept: it says where it was.
  private mutating func forgetOld(of vehicle: UInt32, before time: Int64) {
    guard let ways = paths[vehicle], ways[0].endTime < time else { return }
    let kept = ways.firstIndex { $0.endTime >= time } ?? ways.count - 1
    for old in ways[..<kept] { index.remove(old) }
    paths[vehicle]?.removeFirst(kept)
  }

  /// All ways that begin before a time have come, in milliseconds UTC: those of whom one is silent until then for too long are apart
  /// since the last that is known of the two, and ways that are older than the patience are forgotten.
  /// - Complexity: O(vehicles).
  public mutating func advance(to time: Int64, into told: inout [ProximityEvent]) {
    for number in rules.indices {
      for pair in near[number].sorted() { partSilently(pair, number, before: time - longestInference, into: &told) }
    }
    for vehicle in Array(paths.keys) { forgetOld(of: vehicle, before: time - patience) }
  }

  private mutating func partSilently(
    _ pair: Pair, _ number: Int, before time: Int64, into told: inout [ProximityEvent]
  ) {
    guard let a = paths[pair.a]?.last, let b = paths[pair.b]?.last else { return }
    let last = min(a.endTime, b.endTime)
    guard last < time else { return }
    near[number].remove(pair)
    // The one of whom more is known was there then on a way that may have been forgotten.
    let places = [(a, paths[pair.a]), (b, paths[pair.b])].map { way, ways in
      (ways?.last { $0.startTime <= last } ?? way).place(at: last)
    }
    told.append(
      ProximityEvent(
        kind: .apart, rule: UInt32(number), vehicle: pair.a, other: pair.b, time: last,
        distance: Geodesic.length(from: places[0], to: places[1]), coordinate: places[0], otherCoordinate: places[1]))
  }

  /// The track of a vehicle is over: it is near nobody any more, and nothing is told of that.
  public mutating func finish(_ vehicle: UInt32) {
    for old in paths.removeValue(forKey: vehicle) ?? [] { index.remove(old) }
    for rule in near.indices { near[rule] = near[rule].filter { $0.a != vehicle && $0.b != vehicle } }
  }

  /// Follows two vehicles over the time that two of their ways have in common.
  private mutating func meet(_ ways: (a: Travel, b: Travel), into told: inout [ProximityEvent]) {
    let start = max(ways.a.startTime, ways.b.startTime)
    let end = min(ways.a.endTime, ways.b.endTime)
    let pair = Pair(a: ways.a.vehicle, b: ways.b.vehicle)
    guard ways.a.isInferable && ways.b.isInferable else {
      part(pair, ways, at: start, into: &told)
      return
    }
    let motion = RelativeMotion(ways.a, ways.b, from: start, to: end)
    for (number, rule) in rules.enumerated() where rule.isAbout(pair.a, pair.b) {
      var fraction = 0.0
      while fraction <= 1 {
        let isNear = near[number].contains(pair)
        let limit = isNear ? rule.radius + rule.margin : rule.radius
        guard let next = motion.change(ofLimit: limit, isInside: isNear, after: fraction) else { break }
        if isNear { near[number].remove(pair) } else { near[number].insert(pair) }
        let time = start + Int64((next * Double(end - start)).rounded())
        let places = (ways.a.place(at: time), ways.b.place(at: time))
        told.append(
          ProximityEvent(
            kind: isNear ? .apart : .near, rule: UInt32(number), vehicle: pair.a, other: pair.b, time: time,
            distance: motion.distance(at: next), coordinate: places.0, otherCoordinate: places.1))
        fraction = next
      }
    }
  }
}

extension ProximityTracker {
  /// One of two vehicles is not seen on its way: where they were near, they are not known to be any more.
  private mutating func part(
    _ pair: Pair, _ ways: (a: Travel, b: Travel), at time: Int64, into told: inout [ProximityEvent]
  ) {
    for number in rules.indices where near[number].remove(pair) != nil {
      let places = (ways.a.place(at: time), ways.b.place(at: time))
      told.append(
        ProximityEvent(
          kind: .apart, rule: UInt32(number), vehicle: pair.a, other: pair.b, time: time,
          distance: Geodesic.length(from: places.0, to: places.1), coordinate: places.0, otherCoordinate: places.1))
    }
  }
}

/// Two vehicles on straight lines over the same time: where the one is, seen from the other, in metres.
private struct RelativeMotion {
  var start: PlanarPoint
  var change: PlanarPoint

  init(_ a: Travel, _ b: Travel, from startTime: Int64, to endTime: Int64) {
    let (a0, b0) = (a.place(at: startTime), b.place(at: startTime))
    let (a1, b1) = (a.place(at: endTime), b.place(at: endTime))
    let metric = LocalMetric(latitude: (a0.latitude + b0.latitude + a1.latitude + b1.latitude) / 4)
    func offset(_ a: Coordinate, _ b: Coordinate) -> PlanarPoint {
      PlanarPoint(
        x: wrappedLongitude(b.longitude - a.longitude) * metric.metersPerDegreeLongitude,
        y: (b.latitude - a.latitude) * metric.metersPerDegreeLatitude)
    }
    start = offset(a0, b0)
    let end = offset(a1, b1)
    change = PlanarPoint(x: end.x - start.x, y: end.y - start.y)
  }

  func distance(at fraction: Double) -> Double {
    let x = start.x + change.x * fraction
    let y = start.y + change.y * fraction
    return (x * x + y * y).squareRoot()
  }

  /// The first fraction from `first` on at which the distance comes within a limit, or, inside, goes beyond it.
  func change(ofLimit limit: Double, isInside: Bool, after first: Double) -> Double? {
    let squared = change.x * change.x + change.y * change.y
    let half = start.x * change.x + start.y * change.y
    let rest = start.x * start.x + start.y * start.y - limit * limit
    let discriminant = half * half - squared * rest
    // At rest with respect to one another, or never as near as that.
    guard squared > 0, discriminant > 0 else { return (rest <= 0) == isInside ? nil : first }
    let root = discriminant.squareRoot()
    let (enter, leave) = ((-half - root) / squared, (-half + root) / squared)
    if isInside {
      if first < enter || first >= leave { return first }
      return leave < 1 ? leave : nil
    }
    if first >= leave || enter > 1 { return nil }
    return max(first, enter)
  }
}

extension Travel {
  /// Where the vehicle is at an instant of the way.
  fileprivate func place(at time: Int64) -> Coordinate {
    if time >= endTime { return end }
    if time <= startTime { return start }
    let fraction = Double(time - startTime) / Double(endTime - startTime)
    return Coordinate(
      latitude: start.latitude + (end.latitude - start.latitude) * fraction,
      longitude: wrappedLongitude(start.longitude + wrappedLongitude(end.longitude - start.longitude) * fraction))
  }
}
