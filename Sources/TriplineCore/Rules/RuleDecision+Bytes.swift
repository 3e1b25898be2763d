extension RuleDecision {
  /// That of the list of fields.
  package static let version: UInt8 = 1

  /// What a record is read into.
  package static let empty = RuleDecision(
    rule: 0, vehicle: 0, fence: 0, change: .enter, basis: .fix, time: 0, fixTime: 0,
    coordinate: Coordinate(latitude: 0, longitude: 0), verdict: .undecided, outcome: .believed, pendingSince: 0,
    fixesFor: 0, fixesNeeded: 0, durationNeeded: 0, distanceNeeded: 0, accuracy: 0)

  /// The record as bytes, which another version can read.
  public var bytes: [UInt8] {
    var coder = SnapshotCoder()
    var (copy, version) = (self, Self.version)
    // Writing cannot fail: the errors of the coder are those of reading.
    try? coder.code(&version)
    try? copy.code(&coder)
    return coder.finish()
  }

  /// The record that `bytes` has written.
  ///
  /// - Throws: `SnapshotError` where these are other bytes.
  public init(bytes: [UInt8]) throws(SnapshotError) {
    self = .empty
    var coder = SnapshotCoder(reading: bytes)
    var version: UInt8 = 0
    try coder.code(&version)
    guard version == Self.version else { throw .unknownVersion(UInt32(version)) }
    try code(&coder)
  }

  package mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&rule)
    try coder.code(&vehicle)
    try coder.code(&fence)
    try coder.code(&change)
    try coder.code(&basis)
    try coder.code(&time)
    try coder.code(&fixTime)
    try coordinate.code(&coder)
    try coder.code(&verdict)
    try coder.code(&outcome)
    try coder.code(&pendingSince)
    try coder.code(&fixesFor)
    try coder.code(&fixesNeeded)
    try coder.code(&durationNeeded)
    try coder.code(&distanceNeeded)
    try coder.code(&accuracy)
    for path in [\RuleDecision.statedAccuracy, \.distance, \.probability, \.progress] {
      var bits = self[keyPath: path]?.bitPattern
      try coder.code(&bits, otherwise: 0)
      self[keyPath: path] = bits.map { Float(bitPattern: $0) }
    }
  }
}
