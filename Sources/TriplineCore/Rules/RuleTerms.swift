/// What a fix asks for of a rule's conditions, in as little memory as that takes: reading one field of an array's element may copy all
/// of the element.
struct RuleTerms: BitwiseCopyable {
  /// What a change takes to be believed.
  struct Side: BitwiseCopyable {
    /// Metres.
    var margin: Double
    /// Milliseconds.
    var duration: Int64
    /// So many fixes have to count …
    var fixes: Int
    /// … among those of these bits, the newest lowest.
    var mask: UInt16

    init(_ threshold: FenceConditions.Threshold) {
      margin = threshold.margin
      duration = threshold.duration
      fixes = threshold.fixes
      mask = threshold.mask
    }
  }

  var enter: Side
  var exit: Side
  /// Metres of accuracy that are taken off at most when a vehicle leaves.
  var accuracyCap: Float
  /// Whether a fix counts by its distance from the boundary and nothing else.
  var asksForDistanceAlone: Bool
  /// Milliseconds inside after which a dwell is told; `Int64.max` for never.
  var dwell: Int64

  init(_ conditions: FenceConditions) {
    enter = Side(conditions.enter)
    exit = Side(conditions.exit)
    accuracyCap = Float(conditions.accuracyCap)
    asksForDistanceAlone = conditions.certainty == nil && conditions.alongRoute == nil
    dwell = conditions.dwell ?? .max
  }

  /// What a vehicle that is inside by what was told has to show for an exit, another one for an entry.
  @inline(__always)
  func side(isInside: Bool) -> Side { isInside ? exit : enter }
}
