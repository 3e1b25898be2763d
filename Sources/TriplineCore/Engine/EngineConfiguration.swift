extension Engine {
  /// How strictly fixes are read.
  public enum Policy: UInt8, Sendable, Hashable {
    /// For people who act on the result: the gate is on, late fixes are sorted in, the way between two fixes is a line.
    case live
    /// For comparison with other tools: every fix counts in the order of the source and stands for itself alone, and
    /// there are fence events only.
    case sampled
    /// For fixes that are clean, as a filter leaves them: each one counts, and at once. Only what has no place or time is refused, and
    /// what is not after the last one of its vehicle or before the watermark. Nothing is sorted in, held against its neighbours or
    /// against the time of receipt, and no accuracy is too coarse: of `gate` the `assumedAccuracy` alone matters. All else is as with
    /// the live policy.
    case clean
  }

  /// Everything that the result depends on besides fixes and fences.
  public struct Configuration: Sendable, Hashable {
    /// How strictly fixes are read.
    public var policy = Policy.live
    /// What the input gate lets through.
    public var gate = GateParameters()
    /// What makes a stop, a trip and a data gap.
    public var trips = TripParameters()
    /// Whether stops and trips are looked for. Where they are not, as with the sampled policy, events of fences and rules are told and
    /// visits that are not measured, and nothing is known of where a vehicle stands. Scores and routes ask for trips: an engine with
    /// these and without trips is a mistake of the program.
    public var detectsTrips = true
    /// Time between two fixes, in milliseconds, up to which the way between them is taken as a straight line. Across a
    /// longer one a fence is entered or left at the later fix, and none is crossed.
    public var longestInference: Int64 = 300_000
    /// What is thought of a fix without an altitude, in fences with a floor or a ceiling.
    public var missingAltitude = MissingAltitude.last
    /// What listeners want to be told of fences; not of the sampled policy.
    public var rules: [FenceRule] = []
    /// Whether what rules decide is recorded (`RuleDecision`): why they told of something, and why not.
    public var recordsDecisions = false

    /// Whether the way to each accepted fix is reported (`Travel`): what proximity is told from. Not of the
    /// sampled policy.
    public var reportsTravel = false
    /// Whether what a vehicle does between two visits is told (`Route`). Not of the sampled policy.
    public var reportsRoutes = false

    /// How trips are scored; `nil` where nobody asks, which costs nothing. Not of the sampled policy.
    public var scoring: ScoringParameters?

    /// The defaults of a fleet.
    public init() {}
  }
}

extension Engine.Configuration {
  /// Stops the program where a value would make the engine say nonsense.
  func validate() {
    let longest: Int64 = 366 * 86_400_000
    precondition((0...longest).contains(gate.reorderWindow), "reorderWindow must be between 0 and 366 days")
    precondition(gate.largestFuture >= 0, "largestFuture must not be negative")
    precondition(gate.witnessWindow >= 0, "witnessWindow must not be negative")
    precondition(gate.coarsestAccuracy > 0 && gate.assumedAccuracy > 0, "accuracies must be above 0")
    precondition(gate.largestSpeed > 0, "largestSpeed must be above 0")
    precondition(gate.anchorFixes >= 1, "anchorFixes must be at least 1")
    precondition((0...longest).contains(longestInference), "longestInference must be between 0 and 366 days")
    precondition(
      detectsTrips || (scoring == nil && !reportsRoutes), "scores and routes need detectsTrips")
    precondition(Set(rules.map(\.id)).count == rules.count, "two rules have the same id")
    for rule in rules {
      rule.conditions.validate()
      precondition(
        rule.conditions.longestInference ?? 0 <= longestInference,
        "a rule's longestInference must not be above the engine's")
    }
    precondition(
      rules.isEmpty || longestInference <= trips.splitDuration,
      "with rules, longestInference must not be above the trips' splitDuration")
    precondition(
      trips.stopRadius > 0 && trips.stopRadius <= trips.largestStopRadius,
      "stopRadius must be above 0 and not above largestStopRadius")
    if let rule = trips.displacement {
      precondition(
        rule.distance > 0 && rule.duration > 0 && rule.gap >= 0, "a displacement rule has a distance and a duration")
    }
    precondition((1...255).contains(trips.exitFixes), "exitFixes must be between 1 and 255")
    precondition(
      trips.gapDuration >= 0 && trips.gapDuration <= trips.splitDuration,
      "gapDuration must not be negative or above splitDuration")
    precondition(max(trips.gapDuration, trips.stopDuration) <= 30 * 86_400_000, "a gap and a stop take at most 30 days")
    precondition(
      min(trips.stopDuration, trips.pauseDuration, trips.tripDuration) >= 0
        && min(trips.restDuration, trips.speedWindow, trips.dopplerStep) >= 0,
      "lengths of time must not be negative")
  }
}
