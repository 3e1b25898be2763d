import ArgumentParser
import TriplineCore

/// The conditions of a rule over all fences, where any is asked for.
struct ConditionOptions: ParsableArguments {
  @Flag(
    help: """
      Tell of entries and exits as a rule does that receivers' noise does not move: two fixes 10 m inside to enter; two \
      fixes 20 m and their accuracy, at most 50 m, outside, and half a minute, to leave.
      """)
  var steady = false

  @Option(help: ArgumentHelp("Metres inside from which a fix counts for an entry.", valueName: "m"))
  var enterMargin: Double?

  @Option(help: ArgumentHelp("Fixes that make an entry, like 2, or 2/3 for two of three.", valueName: "k/n"))
  var enterFixes: FixCount?

  @Option(help: ArgumentHelp("Seconds that an entry has to last.", valueName: "s"))
  var enterFor: Double?

  @Option(help: ArgumentHelp("Metres outside from which a fix counts for an exit.", valueName: "m"))
  var exitMargin: Double?

  @Option(help: ArgumentHelp("Fixes that make an exit.", valueName: "k/n"))
  var exitFixes: FixCount?

  @Option(help: ArgumentHelp("Seconds that an exit has to last.", valueName: "s"))
  var exitFor: Double?

  @Option(
    help: ArgumentHelp(
      "The most of a fix's accuracy, in metres, that is taken off its distance outside.", valueName: "m"))
  var accuracyCap: Double?

  @Option(
    help: """
      How likely a vehicle has to be inside or outside by the accuracy of its fixes: loose, what is more likely counts; \
      strict, 85 % inside to enter and 15 % to leave.
      """)
  var certainty: Certainty?

  @Option(
    help: ArgumentHelp(
      "Metres along a corridor's line that make an entry; only corridors are entered then.", valueName: "m"))
  var alongRoute: Double?

  @Option(help: "The way along the line that counts: either, forward or backward.")
  var direction = Direction.either

  @Option(help: ArgumentHelp("Seconds inside after which a dwell is told.", valueName: "s"))
  var dwell: Double?

  @Option(help: "What is told of a vehicle first seen inside: state, a start; event, an enter; silent, nothing.")
  var initialState: InitialState?

  @Option(
    help: ArgumentHelp("Metres a second up to which a crossing between two fixes is told.", valueName: "m/s"))
  var inferenceSpeed: Double?

  enum InitialState: String, ExpressibleByArgument, CaseIterable { case state, event, silent }
  enum Certainty: String, ExpressibleByArgument, CaseIterable { case loose, strict }
  enum Direction: String, ExpressibleByArgument, CaseIterable { case either, forward, backward }

  /// So many fixes of so many.
  struct FixCount: ExpressibleByArgument {
    var fixes: Int
    var ofFixes: Int

    init?(argument: String) {
      let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count <= 2, let fixes = parts[0], let ofFixes = parts.last ?? nil,
        (1...16).contains(ofFixes), (1...ofFixes).contains(fixes)
      else { return nil }
      self.fixes = fixes
      self.ofFixes = ofFixes
    }
  }

  func validate() throws {
    for (name, value) in [
      ("--enter-margin", enterMargin), ("--exit-margin", exitMargin), ("--accuracy-cap", accuracyCap),
    ] {
      guard value.map({ (0...10_000).contains($0) }) ?? true else {
        throw ValidationError("\(name) takes metres from 0 to 10000")
      }
    }
    guard alongRoute.map({ $0 > 0 && $0 <= 10_000_000 }) ?? (direction == .either) else {
      throw ValidationError("--along-route takes metres above 0, and --direction needs it")
    }
    guard inferenceSpeed.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--inference-speed takes metres a second above 0")
    }
    for (name, value) in [("--enter-for", enterFor), ("--exit-for", exitFor), ("--dwell", dwell)] {
      guard value.map({ (0...31_536_000).contains($0) }) ?? true else {
        throw ValidationError("\(name) takes seconds from 0 to a year")
      }
    }
  }

  /// The rule, or `nil` where no condition was given.
  var rule: FenceRule? {
    let isAsked =
      steady || enterFixes != nil || exitFixes != nil || certainty != nil || initialState != nil
      || [enterMargin, enterFor, exitMargin, exitFor, accuracyCap, dwell, alongRoute, inferenceSpeed]
        .contains { $0 != nil }
    guard isAsked else { return nil }
    var conditions = steady ? FenceConditions.steady : FenceConditions()
    apply(enterMargin, enterFixes, enterFor, to: &conditions.enter)
    apply(exitMargin, exitFixes, exitFor, to: &conditions.exit)
    if let accuracyCap { conditions.accuracyCap = accuracyCap }
    conditions.certainty = certainty.map { $0 == .loose ? .loose : .strict }
    conditions.alongRoute = alongRoute.map { .init(distance: $0, direction: direction.direction) }
    if let initialState { conditions.initialState = initialState.policy }
    conditions.largestInferredSpeed = inferenceSpeed
    conditions.dwell = dwell.map { Int64($0 * 1000) }
    return FenceRule(id: "default", conditions: conditions)
  }

  private func apply(
    _ margin: Double?, _ count: FixCount?, _ seconds: Double?, to threshold: inout FenceConditions.Threshold
  ) {
    if let margin { threshold.margin = margin }
    if let count { (threshold.fixes, threshold.ofFixes) = (count.fixes, count.ofFixes) }
    if let seconds { threshold.duration = Int64(seconds * 1000) }
  }
}

extension ConditionOptions.InitialState {
  fileprivate var policy: FenceConditions.InitialState {
    switch self {
    case .state: .state
    case .event: .event
    case .silent: .silent
    }
  }
}

extension ConditionOptions.Direction {
  fileprivate var direction: FenceConditions.AlongRoute.Direction {
    switch self {
    case .either: .either
    case .forward: .forward
    case .backward: .backward
    }
  }
}
