public import TriplineCore

/// A track to be written for another tool: its ids, and its fixes in the order of time.
public struct ExportedTrack: Sendable {
  /// The ids.
  public let track: TrackTable.Track
  /// The fixes, in the order of time.
  public let fixes: [Fix]

  /// Takes the fixes of a track that have a position on Earth and a time that can be written, of the years 1 to 9999, and puts
  /// them into the order of time; those of one time stay in theirs.
  public init(_ track: TrackTable.Track, _ fixes: [Fix]) {
    self.track = track
    self.fixes = fixes.enumerated()
      .filter { $0.element.coordinate.isInRange && (Timestamp.earliest...Timestamp.latest).contains($0.element.time) }
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  /// The first fix of each time.
  var withoutRepeatedTimes: ExportedTrack {
    var last: Int64?
    return ExportedTrack(
      track,
      fixes.filter { fix in
        defer { last = fix.time }
        return fix.time != last
      })
  }
}
