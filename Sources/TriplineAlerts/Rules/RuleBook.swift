public import TriplineCore

/// Rules as the engine and the alert machine need them.
public struct RuleBook: Sendable {
  /// The rules.
  public let rules: [AlertRule]
  /// What of them is the engine's business: a rule of fences is one of the engine's.
  public let fenceRules: [FenceRule]
  /// For each rule of the engine which of these it is.
  let owners: [Int]
  /// What tells one version of each rule from another, as far as it matters for what is detected.
  let revisions: [String]
  /// Whether trips have to be scored.
  public let needsScores: Bool

  /// Makes a book of rules; `prefix` tells the engine's rules of several books apart.
  public init(_ rules: [AlertRule], prefix: String = "") {
    self.rules = rules
    var (fenceRules, owners): ([FenceRule], [Int]) = ([], [])
    for (index, rule) in rules.enumerated() where rule.trigger.isOfFences {
      var conditions = rule.conditions
      if case .dwell(let duration) = rule.trigger { conditions.dwell = duration }
      fenceRules.append(FenceRule(id: prefix + rule.name, fences: rule.fences, conditions: conditions))
      owners.append(index)
    }
    self.fenceRules = fenceRules
    self.owners = owners
    revisions = rules.map(\.revision)
    needsScores = rules.contains { rule in
      switch rule.trigger {
      case .overspeed, .harsh, .trip: true
      case .enter, .exit, .dwell, .stop: false
      }
    }
  }
}

extension AlertRule {
  /// What decides what it detects, as text: labels, annotations and schedules do not.
  var revision: String {
    let selection =
      switch fences {
      case .all: "all"
      case .ids(let ids): "ids " + ids.sorted().joined(separator: ",")
      case .tags(let tags): "tags " + tags.sorted().joined(separator: ",")
      }
    let thresholds = [conditions.enter, conditions.exit].map {
      "\($0.margin) \($0.fixes)/\($0.ofFixes) \($0.duration)"
    }
    return AlertID.digest(
      ["\(trigger)", selection, "\(conditions.accuracyCap)", "\(keepFiringFor)"] + thresholds
        + (vehicles?.sorted() ?? ["all"]))
  }
}
