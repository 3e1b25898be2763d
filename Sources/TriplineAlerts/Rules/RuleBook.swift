public import TriplineCore

/// Rules as the engine and the alert machine need them.
public struct RuleBook: Sendable {
  /// The rules.
  public let rules: [AlertRule]
  /// What of them is the engine's business, its rules from the first one on.
  public let fenceRules: [FenceRule]
  /// For each rule of the engine which of these it is.
  let owners: [Int]
  /// What tells one version of each rule from another, as far as it matters for what is detected.
  let revisions: [String]
  /// Whether trips have to be scored.
  public let needsScores: Bool

  /// Makes a book of rules.
  ///
  /// - Precondition: each has a name of its own.
  public init(_ rules: [AlertRule]) {
    precondition(Set(rules.map(\.name)).count == rules.count, "two rules have the same name")
    self.rules = rules
    var (fenceRules, owners): ([FenceRule], [Int]) = ([], [])
    for (index, rule) in rules.enumerated() where rule.trigger.isOfFences {
      var conditions = rule.conditions
      conditions.dwell = nil
      if case .dwell(let duration) = rule.trigger { conditions.dwell = duration }
      fenceRules.append(FenceRule(id: rule.name, fences: rule.fences, conditions: conditions))
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

  /// What tells one version of a rule from another, as its alerts have it; `nil` where there is no such rule.
  public func revision(ofRule name: String) -> String? {
    rules.firstIndex { $0.name == name }.map { revisions[$0] }
  }
}
