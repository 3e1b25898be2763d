public import TriplineCore

/// Traces as bytes, many at once: a row of a table for each of them took more than all that had led to it.
public enum TraceBlock {
  private static let version: UInt8 = 1

  /// A trace with the places of its names among those of the block.
  private struct Entry {
    var vehicle: UInt32 = 0
    var rule: UInt32 = 0
    var fence: UInt32 = 0
    var decision = RuleDecision.empty
  }

  /// Each name once, by its place.
  private struct Names {
    var texts: [String] = []
    private var places: [String: UInt32] = [:]

    mutating func place(of text: String) -> UInt32 {
      if let place = places[text] { return place }
      places[text] = UInt32(texts.count)
      texts.append(text)
      return UInt32(texts.count - 1)
    }
  }

  /// Traces as bytes, which another version can read.
  ///
  /// - Parameter traces: the traces, in an order that is kept.
  public static func bytes(of traces: [AlertEngine.Trace]) -> [UInt8] {
    var (rules, fences) = (Names(), Names())
    var entries = traces.map { trace in
      Entry(
        vehicle: trace.vehicle, rule: rules.place(of: trace.rule), fence: fences.place(of: trace.fence),
        decision: trace.decision)
    }
    var coder = SnapshotCoder()
    // Writing cannot fail: the errors of the coder are those of reading.
    try? code(&rules.texts, &fences.texts, &entries, &coder)
    return coder.finish()
  }

  /// The traces that `bytes(of:)` has written.
  ///
  /// - Parameter bytes: the bytes.
  /// - Throws: `SnapshotError` where these are other bytes.
  public static func traces(in bytes: [UInt8]) throws(SnapshotError) -> [AlertEngine.Trace] {
    var (rules, fences, entries): ([String], [String], [Entry]) = ([], [], [])
    var coder = SnapshotCoder(reading: bytes)
    try code(&rules, &fences, &entries, &coder)
    guard coder.isAtEnd, entries.allSatisfy({ $0.rule < rules.count && $0.fence < fences.count }) else {
      throw .damaged(offset: coder.offset)
    }
    return entries.map {
      AlertEngine.Trace(
        vehicle: $0.vehicle, rule: rules[Int($0.rule)], fence: fences[Int($0.fence)], decision: $0.decision)
    }
  }

  private static func code(
    _ rules: inout [String], _ fences: inout [String], _ entries: inout [Entry], _ coder: inout SnapshotCoder
  ) throws(SnapshotError) {
    for known in [Self.version, RuleDecision.version] {
      var version = known
      try coder.code(&version)
      guard version == known else { throw .unknownVersion(UInt32(version)) }
    }
    try coder.code(&rules, empty: "") { (text, coder) throws(SnapshotError) in try coder.code(&text) }
    try coder.code(&fences, empty: "") { (text, coder) throws(SnapshotError) in try coder.code(&text) }
    try coder.code(&entries, empty: Entry()) { (entry, coder) throws(SnapshotError) in
      try coder.code(&entry.vehicle)
      try coder.code(&entry.rule)
      try coder.code(&entry.fence)
      try entry.decision.code(&coder)
    }
  }
}
