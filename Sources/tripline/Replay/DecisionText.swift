import Foundation
import TriplineCore

/// What a rule decided, in words.
enum DecisionText {
  static func text(of decision: RuleDecision) -> String {
    var parts = [basis(of: decision), outcome(of: decision)]
    if let distance = decision.distance {
      parts.append(String(format: "%.0f m %@", abs(distance), distance < 0 ? "inside" : "outside"))
    }
    if let accuracy = decision.statedAccuracy { parts.append(String(format: "accuracy %.0f m", accuracy)) }
    return parts.joined(separator: ", ")
  }

  private static func basis(of decision: RuleDecision) -> String {
    switch decision.basis {
    case .fix: "\(decision.verdict) by the fix"
    case .passage: "by the way to the fix"
    case .silence: "by silence"
    case .start: "at the first fix"
    case .fenceChange: "by a change of the fence"
    case .end: "at the end"
    }
  }

  private static func outcome(of decision: RuleDecision) -> String {
    switch decision.outcome {
    case .believed: "believed"
    case .tooNear: String(format: "not yet: needs %.0f m", decision.distanceNeeded)
    case .tooUncertain: String(format: "not yet: inside by %.0f %%", (decision.probability ?? 0) * 100)
    case .notAlong: String(format: "not yet: %.0f m along", decision.progress ?? 0)
    case .tooFewFixes: "not yet: \(decision.fixesFor) of \(decision.fixesNeeded) fixes"
    case .tooShort: "not yet: needs \(decision.durationNeeded / 1000) s"
    case .cameBack: "it came back"
    }
  }
}
