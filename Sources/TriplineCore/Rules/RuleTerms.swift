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
    /// Milliseconds from the instant at which the boundary was met on, before which fixes are not weighed; far below 0 where each is
    /// weighed at once, also one from before that instant.
    var postponement: Int64

    private static let atOnce: Int64 = -1 << 60

    init(_ threshold: FenceConditions.Threshold, postponesFixes: Bool) {
      margin = threshold.margin
      duration = threshold.duration
      fixes = threshold.fixes
      mask = threshold.mask
      postponement = postponesFixes && threshold.ofFixes <= 2 ? threshold.duration : Side.atOnce
    }
  }

  var enter: Side
  var exit: Side
  /// Metres of accuracy that are taken off at most when a vehicle leaves.
  var accuracyCap: Float
  /// Milliseconds inside after which a dwell is told; `Int64.max` for never.
  var dwell: Int64

  init(_ conditions: FenceConditions, postponesFixes: Bool) {
    enter = Side(conditions.enter, postponesFixes: postponesFixes)
    exit = Side(conditions.exit, postponesFixes: postponesFixes)
    accuracyCap = Float(conditions.accuracyCap)
    dwell = conditions.dwell ?? .max
  }

  /// What a vehicle that is inside by what was told has to show for an exit, another one for an entry.
  @inline(__always)
  func side(isInside: Bool) -> Side { isInside ? exit : enter }
}
