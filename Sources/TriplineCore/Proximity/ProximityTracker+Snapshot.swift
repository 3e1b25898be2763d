extension ProximityTracker {
  private static let version: UInt32 = 1

  /// All that is known of vehicles and of who is near, to be restored by a tracker of the same rules.
  ///
  /// - Complexity: O(ways of the patience).
  public borrowing func snapshot() -> [UInt8] {
    var coder = SnapshotCoder()
    var version = Self.version
    // Writing cannot fail: the errors of the coder are those of reading.
    try? coder.code(&version)
    var count = UInt32(paths.count)
    try? coder.code(&count)
    for (vehicle, ways) in paths.sorted(by: { $0.key < $1.key }) {
      var (vehicle, count) = (vehicle, UInt32(ways.count))
      try? coder.code(&vehicle)
      try? coder.code(&count)
      for way in ways {
        var way = way
        try? way.codePath(&coder)
      }
    }
    count = UInt32(rules.count)
    try? coder.code(&count)
    for (rule, pairs) in zip(rules, near) {
      var (id, count) = (rule.id, UInt32(pairs.count))
      try? coder.code(&id)
      try? coder.code(&count)
      for pair in pairs.sorted() {
        var pair = pair
        try? coder.code(&pair.a)
        try? coder.code(&pair.b)
      }
    }
    var checksum = coder.checksum
    try? coder.code(&checksum)
    return coder.finish()
  }

  /// Goes on where a snapshot was taken.
  ///
  /// - Throws: `SnapshotError` where it is damaged, of another version or of other rules; nothing has changed then.
  public mutating func restore(_ snapshot: [UInt8]) throws(SnapshotError) {
    var coder = SnapshotCoder(reading: snapshot)
    try coder.verifyChecksum()
    var (version, count) = (0 as UInt32, 0 as UInt32)
    try coder.code(&version)
    guard version == Self.version else { throw .unknownVersion(version) }
    var known: [UInt32: [Travel]] = [:]
    try coder.code(&count)
    for _ in 0..<count {
      var (vehicle, count) = (0 as UInt32, 0 as UInt32)
      try coder.code(&vehicle)
      try coder.code(&count)
      var ways: [Travel] = []
      for _ in 0..<count {
        var way = Travel(
          vehicle: vehicle, sequence: 0, startTime: 0, endTime: 0, start: Coordinate(latitude: 0, longitude: 0),
          end: Coordinate(latitude: 0, longitude: 0), isInferable: false)
        try way.codePath(&coder)
        ways.append(way)
      }
      guard !ways.isEmpty else { throw .damaged(offset: coder.offset) }
      known[vehicle] = ways
    }
    try coder.code(&count)
    guard Int(count) == rules.count else { throw .otherConfiguration }
    var pairs: [Set<Pair>] = []
    for rule in rules {
      var (id, count) = ("", 0 as UInt32)
      try coder.code(&id)
      guard id == rule.id else { throw .otherConfiguration }
      try coder.code(&count)
      var near: Set<Pair> = []
      for _ in 0..<count {
        var pair = Pair(a: 0, b: 0)
        try coder.code(&pair.a)
        try coder.code(&pair.b)
        near.insert(pair)
      }
      pairs.append(near)
    }
    guard coder.isAtEnd else { throw .damaged(offset: coder.offset) }
    paths = known
    near = pairs
    // The index follows from the ways.
    replaceRules(with: rules)
  }
}

extension Travel {
  /// What matters of a way for who comes near whom.
  fileprivate mutating func codePath(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&startTime)
    try coder.code(&endTime)
    try start.code(&coder)
    try end.code(&coder)
    try coder.code(&isInferable)
  }
}
