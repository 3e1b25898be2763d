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
  /// What is told of a vehicle whose first fix lies inside.
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
    precondition(dwell.map { (0...366 * 86_400_000).contains($0) } ?? true, "dwell must be between 0 and 366 days")
  }
}
