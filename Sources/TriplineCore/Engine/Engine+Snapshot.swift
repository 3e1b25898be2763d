extension Engine {
  /// The format that this version writes.
  public static let snapshotVersion: UInt32 = 8
  /// The oldest format that it reads: without what says whether trips are detected, which they always were. In 7 nobody
  /// has been told of the ends of fences.
  static let oldestVersion: UInt32 = 6
  private static let magic: UInt32 = 0x4C50_5254  // "TRPL"

  /// What a vehicle on its way takes in a snapshot, with some fences it is inside of: more than that takes a little longer.
  private static let snapshotBytesPerVehicle = 1400

  /// The whole state as bytes. Equal states give equal bytes, whatever way led to them.
  ///
  /// Vehicles are named by their dense indices: keep the table that gives them out beside the snapshot. Fences are named
  /// by their ids.
  public borrowing func snapshot() -> [UInt8] {
    var coder = SnapshotCoder(capacity: 4096 + (states.count - freeSlots.count) * Engine.snapshotBytesPerVehicle)
    var magic = Engine.magic
    var version = Engine.snapshotVersion
    var header = configuration
    // Writing cannot fail: the errors of the coder are those of reading.
    try? coder.code(&magic)
    try? coder.code(&version)
    try? header.code(&coder, version: version)
    try? writeState(to: &coder)
    var checksum = coder.checksum
    try? coder.code(&checksum)
    return coder.finish()
  }

  /// Goes on where a snapshot was taken.
  ///
  /// - Parameters:
  ///   - snapshot: the bytes that `snapshot()` gave.
  ///   - fences: the fences; a stay in a fence that is not among them is forgotten.
  ///   - configuration: the configuration that the snapshot was taken with.
  /// - Throws: `SnapshotError`; a snapshot that is not byte for byte what was written is never restored.
  public init(
    restoring snapshot: [UInt8], fences: FenceSet, configuration: Configuration = Configuration()
  ) throws(SnapshotError) {
    self.init(fences: fences, configuration: configuration)
    var coder = SnapshotCoder(reading: snapshot)
    var magic: UInt32 = 0
    var version: UInt32 = 0
    guard snapshot.count >= 8 else { throw .notASnapshot }
    try coder.code(&magic)
    guard magic == Engine.magic else { throw .notASnapshot }
    try coder.code(&version)
    guard (Engine.oldestVersion...Engine.snapshotVersion).contains(version) else { throw .unknownVersion(version) }
    try coder.verifyChecksum()
    var header = Configuration()
    try header.code(&coder, version: version)
    guard header == configuration else { throw .otherConfiguration }
    try readState(from: &coder, version: version)
    guard coder.isAtEnd else { throw .damaged(offset: coder.offset) }
  }
}

extension Engine.Configuration {
  mutating func code(_ coder: inout SnapshotCoder, version: UInt32) throws(SnapshotError) {
    try coder.code(&policy)
    if version > 6 { try coder.code(&detectsTrips) }
    try coder.code(&longestInference)
    try coder.code(&missingAltitude)
    try coder.code(&recordsDecisions)
    try coder.code(&reportsTravel)
    try coder.code(&reportsRoutes)
    try gate.code(&coder)
    try trips.code(&coder)
    var isScored = scoring != nil
    var parameters = scoring ?? ScoringParameters()
    try coder.code(&isScored)
    try parameters.code(&coder)
    scoring = isScored ? parameters : nil
    var count = UInt32(rules.count)
    try coder.code(&count)
    if coder.isReading { rules = [] }
    for index in 0..<Int(count) {
      var rule = coder.isReading ? FenceRule(id: "") : rules[index]
      try rule.code(&coder)
      if coder.isReading { rules.append(rule) }
    }
  }
}

extension FenceRule {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&id)
    try fences.code(&coder)
    var groups = vehicles?.rawValue
    try coder.code(&groups, otherwise: 0)
    vehicles = groups.map { VehicleGroups(rawValue: $0) }
    try conditions.code(&coder)
  }
}

extension FenceRule.Selection {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    var kind: UInt8 = 0
    var words: [String] = []
    switch self {
    case .all: break
    case .ids(let ids): (kind, words) = (1, ids.sorted())
    case .tags(let tags): (kind, words) = (2, tags.sorted())
    }
    try coder.code(&kind)
    var count = UInt32(words.count)
    try coder.code(&count)
    if coder.isReading { words = [] }
    for index in 0..<Int(count) {
      var word = coder.isReading ? "" : words[index]
      try coder.code(&word)
      if coder.isReading { words.append(word) }
    }
    switch kind {
    case 0: self = .all
    case 1: self = .ids(Set(words))
    case 2: self = .tags(Set(words))
    default: throw .damaged(offset: coder.offset)
    }
  }
}

extension FenceConditions {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try enter.code(&coder)
    try exit.code(&coder)
    try coder.code(&accuracyCap)
    try coder.code(&initialState)
    try coder.code(&dwell, otherwise: 0)
    try coder.code(&longestInference, otherwise: 0)
    var speed = largestInferredSpeed?.bitPattern
    try coder.code(&speed, otherwise: 0)
    largestInferredSpeed = speed.map { Double(bitPattern: $0) }
    var isCertain = certainty != nil
    var certain = certainty ?? .loose
    try coder.code(&isCertain)
    try coder.code(&certain.enter)
    try coder.code(&certain.exit)
    certainty = isCertain ? certain : nil
    var hasRoute = alongRoute != nil
    var route = alongRoute ?? AlongRoute(distance: 1)
    try coder.code(&hasRoute)
    try coder.code(&route.distance)
    try coder.code(&route.direction)
    alongRoute = hasRoute ? route : nil
  }
}

extension FenceConditions.Threshold {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&margin)
    try coder.code(&fixes)
    try coder.code(&ofFixes)
    try coder.code(&duration)
  }
}

extension GateParameters {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&reorderWindow)
    try coder.code(&largestFuture)
    try coder.code(&coarsestAccuracy)
    try coder.code(&assumedAccuracy)
    try coder.code(&largestSpeed)
    try coder.code(&anchorFixes)
    try coder.code(&witnessWindow)
  }
}

extension TripParameters {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&stopRadius)
    try coder.code(&largestStopRadius)
    try coder.code(&stopDuration)
    try coder.code(&pauseDuration)
    try coder.code(&exitFixes)
    try coder.code(&exitSpeed)
    try coder.code(&gapDuration)
    try coder.code(&splitDuration)
    try coder.code(&gapSpeed)
    try coder.code(&silentStopDistance)
    try coder.code(&tripDistance)
    try coder.code(&tripDuration)
    try coder.code(&movingSpeed)
    try coder.code(&restSpeed)
    try coder.code(&restDuration)
    try coder.code(&speedWindow)
    try coder.code(&dopplerStep)
    try coder.code(&arrivalDuration, otherwise: 0)
    try coder.code(&estimatesDeparture)
    var isByDisplacement = displacement != nil
    var rule = displacement ?? DisplacementRule()
    try coder.code(&isByDisplacement)
    try rule.code(&coder)
    displacement = isByDisplacement ? rule : nil
  }
}

extension Fix {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&time)
    try coder.code(&receivedOrMissing)
    try coder.code(&latitude)
    try coder.code(&longitude)
    try coder.code(&speedOrNaN)
    try coder.code(&courseOrNaN)
    try coder.code(&altitudeOrNaN)
    try coder.code(&accuracyOrNaN)
    try coder.code(&vehicle)
    try coder.code(&sequence)
    try coder.code(&speedLimitCode)
    try coder.code(&duplicates)
    try coder.code(&conflicts)
    try coder.code(&ignitionCode)
  }
}

extension Coordinate {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&latitude)
    try coder.code(&longitude)
  }
}

extension AcceptedFix {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&time)
    try coordinate.code(&coder)
    try coder.code(&speedOrNaN)
    try coder.code(&sequence)
  }
}

extension FixPool {
  borrowing func write(_ list: List, to coder: inout SnapshotCoder) throws(SnapshotError) {
    var count = count(of: list)
    try coder.code(&count)
    var index = list.first
    while index != FixPool.none {
      var fix = fix(at: index)
      try fix.code(&coder)
      index = next(after: index)
    }
  }

  /// Reads fixes, all of one vehicle, into this pool.
  mutating func read(
    _ list: inout List, of vehicle: UInt32, from coder: inout SnapshotCoder
  ) throws(SnapshotError) {
    var count: UInt32 = 0
    try coder.code(&count)
    list = List()
    for _ in 0..<count {
      var fix = Fix(vehicle: 0, time: 0, latitude: 0, longitude: 0)
      let offset = coder.offset
      try fix.code(&coder)
      guard fix.vehicle == vehicle else { throw .damaged(offset: offset) }
      insert(fix, after: list.last, in: &list)
    }
  }
}
