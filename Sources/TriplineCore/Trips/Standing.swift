/// A vehicle at one place, for a minute at least, as it is known with a fix.
public struct Standing: Sendable, BitwiseCopyable, Equatable {
  /// Since when it has certainly been there, in milliseconds UTC: time in which it may still have been arriving does not count.
  public var since: Int64
  /// Whether the fix shows it there. Where it does not, the vehicle may have left, and is back without a trip having come of it, or
  /// the stop is over.
  public var isThere: Bool

  /// Creates one.
  public init(since: Int64, isThere: Bool) {
    self.since = since
    self.isThere = isThere
  }

  /// Whether this one, after a way, is the same as one before it: what was a short stay before a silence may have a later beginning
  /// once the silence has split a trip.
  ///
  /// - Parameters:
  ///   - before: where it stood before the way.
  ///   - start: when the way began, in milliseconds UTC.
  public func isSame(as before: Standing?, since start: Int64) -> Bool {
    guard let before else { return false }
    return since == before.since || (isThere && before.isThere && since <= start)
  }
}

extension TripDetector {
  /// Where the vehicle stands, by its fixes so far; `nil` on the way.
  var standing: Standing? {
    switch mode {
    case .stopped: return Standing(since: certainStart, isThere: outsideFixes == 0 && fastFixes == 0)
    case .moving where hasOpenStop: return Standing(since: certainStart, isThere: false)
    case .moving where isPause, .dark where isPause: return Standing(since: candidateStart, isThere: true)
    case .moving, .idle, .dark: return nil
    }
  }

  private var certainStart: Int64 { stop.start + Int64(stop.arrivalUncertainty) }
}
