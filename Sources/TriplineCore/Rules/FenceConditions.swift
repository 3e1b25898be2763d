/// When a rule believes that a vehicle has entered a fence or left it.
///
/// All conditions are off at first: a rule then tells what the fixes say. `steady` has the values that keep a receiver's
/// noise from being told.
public struct FenceConditions: Sendable, Hashable {
  /// What makes an entry.
  public var enter = Threshold()
  /// What makes an exit.
  public var exit = Threshold()
  /// How much of a fix's stated accuracy, in metres, is taken off its distance outside before it counts for an exit; 0
  /// takes off nothing. The cap keeps a receiver that states kilometres from never leaving.
  public var accuracyCap = 0.0
  /// How likely a vehicle has to be inside, by the accuracy of its fixes; `nil` for no matter.
  public var certainty: Certainty?
  /// How far a vehicle has to go along a corridor before it has entered; `nil` for no matter. By its fixes nothing else
  /// than a corridor is ever entered with it.
  public var alongRoute: AlongRoute?
  /// Time between two fixes, in milliseconds, up to which the way between them counts as a straight line; `nil` for the
  /// engine's `longestInference`, which a rule can only shorten. Across a longer one nothing is crossed, what is entered
  /// or left is so at the later fix, and what is pending with the rule goes on as it was.
  public var longestInference: Int64?
  /// Metres a second up to which the way between two fixes counts as a straight line; `nil` for as much as the input gate
  /// lets through. A faster step crosses nothing, and what it enters or leaves is so at the later fix.
  public var largestInferredSpeed: Double?
  /// What is told of a vehicle whose first fix lies inside; no condition is asked for that.
  public var initialState = InitialState.state
  /// Time inside, in milliseconds, after which a `dwell` is told once a stay; `nil` for never.
  public var dwell: Int64?

  /// What a change takes to be believed.
  public struct Threshold: Sendable, Hashable {
    /// Metres that a fix has to be beyond the boundary to count: inside for an entry, outside for an exit.
    public var margin = 0.0
    /// So many fixes have to count …
    public var fixes = 1
    /// … among so many in a row, the last one included; at most 16.
    public var ofFixes = 1
    /// Milliseconds that the change has to last, from the instant at which the boundary was met last: a vehicle that
    /// comes back in between starts anew.
    public var duration: Int64 = 0

    /// Creates a threshold.
    public init(margin: Double = 0, fixes: Int = 1, ofFixes: Int? = nil, duration: Int64 = 0) {
      self.margin = margin
      self.fixes = fixes
      self.ofFixes = ofFixes ?? fixes
      self.duration = duration
    }

    /// The bits of the fixes that are looked at, in a history with the newest lowest.
    var mask: UInt16 { UInt16(truncatingIfNeeded: (1 as UInt32) << UInt32(ofFixes) - 1) }
  }

  /// How likely a vehicle has to be inside or outside before a fix counts (`FenceSet.probability`). In between it is
  /// undecided. Fixes that state no accuracy are taken to have the gate's `assumedAccuracy`.
  public struct Certainty: Sendable, Hashable {
    /// The least probability of being inside for an entry.
    public var enter: Double
    /// The greatest probability of being inside for an exit.
    public var exit: Double

    /// Creates a certainty.
    public init(enter: Double, exit: Double) {
      self.enter = enter
      self.exit = exit
    }

    /// What is more likely counts.
    public static let loose = Certainty(enter: 0.5, exit: 0.5)
    /// Only what is nearly certain counts: the 85 and 15 % that Android's geofencing has for an error circle.
    public static let strict = Certainty(enter: 0.85, exit: 0.15)
  }

  /// A way along the line of a corridor, from where its boundary was met.
  public struct AlongRoute: Sendable, Hashable {
    /// Metres along the line.
    public var distance: Double
    /// Which way.
    public var direction: Direction

    /// Directions of a line.
    public enum Direction: UInt8, Sendable, Hashable {
      /// Either way.
      case either
      /// From its first point to its last.
      case forward
      /// From its last point to its first.
      case backward
    }

    /// Creates a way.
    public init(distance: Double, direction: Direction = .either) {
      self.distance = distance
      self.direction = direction
    }

    /// Whether so many metres along the line, negative against it, are enough.
    func isCovered(by progress: Double) -> Bool {
      switch direction {
      case .either: abs(progress) >= distance
      case .forward: progress >= distance
      case .backward: -progress >= distance
      }
    }
  }

  /// What is told of a vehicle that is inside from the start.
  public enum InitialState: UInt8, Sendable, Hashable {
    /// A `start`: it is a state, nobody has entered.
    case state
    /// An `enter`.
    case event
    /// Nothing, and nothing of its exit either.
    case silent
  }

  /// All conditions off.
  public init() {}

  /// Conditions that a dispatcher can live with: an entry takes two fixes, 10 m inside; an exit takes two fixes, 20 m
  /// and the accuracy of the fix outside, and half a minute. Taken from the field-tested chain of Tracelet (pulls 269,
  /// 274, 276 and 294): the true edge for entries, a margin, accuracy and a second fix for exits.
  public static var steady: FenceConditions {
    var conditions = FenceConditions()
    conditions.enter = Threshold(margin: 10, fixes: 2)
    conditions.exit = Threshold(margin: 20, fixes: 2, duration: 30_000)
    conditions.accuracyCap = 50
    return conditions
  }
}

extension FenceConditions {
  /// Stops the program where a value makes no sense.
  func validate() {
    for threshold in [enter, exit] {
      precondition(threshold.margin >= 0 && threshold.margin <= 10_000, "margins must be between 0 and 10 km")
      precondition(
        (1...16).contains(threshold.ofFixes) && (1...threshold.ofFixes).contains(threshold.fixes),
        "fixes must be between 1 and ofFixes, and that at most 16")
      precondition(
        (0...366 * 86_400_000).contains(threshold.duration), "durations must be between 0 and 366 days")
    }
    precondition(accuracyCap >= 0 && accuracyCap <= 10_000, "accuracyCap must be between 0 and 10 km")
    if let certainty {
      precondition(
        certainty.exit >= 0 && certainty.exit <= certainty.enter && certainty.enter <= 1,
        "a certainty must have exit at most enter, and both between 0 and 1")
    }
    if let alongRoute {
      precondition(
        alongRoute.distance > 0 && alongRoute.distance <= 10_000_000,
        "a way along must be more than 0, at most 10,000 km")
    }
    precondition(longestInference.map { $0 >= 0 } ?? true, "a rule's longestInference must not be negative")
    precondition(largestInferredSpeed.map { $0 > 0 } ?? true, "a rule's largestInferredSpeed must be above 0")
    precondition(dwell.map { (0...366 * 86_400_000).contains($0) } ?? true, "dwell must be between 0 and 366 days")
  }
}
