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
  /// Whether the way to each fix has to be reported.
  public let needsTravel: Bool
  /// Those of crossings.
  let crossings: [Int]
  /// Those of vehicles inside of a fence.
  let insides: [Int]
  /// Those of vehicles outside of all.
  let outsides: [Int]
  /// Those of silence with its length in milliseconds, the shortest first, as a silence reaches them.
  let silences: [(rule: Int, duration: Int64)]

  /// Those of overspeed inside of fences.
  let overspeeds: [(rule: Int, tier: OverspeedEvent.Tier)]
  /// Those of stops with the length in milliseconds.
  let stops: [(rule: Int, duration: Int64)]
  /// Those of idling, likewise.
  let idlings: [(rule: Int, duration: Int64)]
  /// Those of vehicles that come near one another.
  let proximities: [(rule: Int, proximity: AlertRule.Proximity)]
  /// Whether it matters where a vehicle was last.
  let needsPlaces: Bool

  /// Makes a book of rules.
  ///
  /// - Precondition: each has a name of its own.
  public init(_ rules: [AlertRule]) {
    precondition(Set(rules.map(\.name)).count == rules.count, "two rules have the same name")
    self.rules = rules
    var (fenceRules, owners): ([FenceRule], [Int]) = ([], [])
    for (index, rule) in rules.enumerated() {
      var (id, conditions) = (rule.name, rule.conditions)
      if case .overspeedInside = rule.trigger {
        // It is asked where a vehicle was when, and not whether that is to be believed.
        conditions = FenceConditions()
        conditions.initialState = .state
        // A rule of another kind under the same name is another matter.
        id += "\n"
      } else if !rule.trigger.isOfStays {
        continue
      }
      conditions.dwell = nil
      switch rule.trigger {
      case .dwell(let duration): conditions.dwell = duration
      // Whoever is inside at first is inside.
      case .inside, .outside: conditions.initialState = .state
      default: break
      }
      fenceRules.append(FenceRule(id: id, fences: rule.fences, conditions: conditions))
      owners.append(index)
    }
    self.fenceRules = fenceRules
    self.owners = owners
    revisions = rules.map(\.revision)
    needsScores = rules.contains { rule in
      switch rule.trigger {
      case .overspeed, .overspeedInside, .harsh, .trip: true
      case .enter, .exit, .dwell, .cross, .inside, .outside, .silent, .stop, .idle, .proximity: false
      }
    }
    crossings = rules.indices.filter { rules[$0].trigger == .cross }
    insides = rules.indices.filter { rules[$0].trigger == .inside }
    outsides = rules.indices.filter { rules[$0].trigger == .outside }
    silences = rules.indices.compactMap { index -> (rule: Int, duration: Int64)? in
      if case .silent(let duration) = rules[index].trigger { (rule: index, duration: duration) } else { nil }
    }.sorted { ($0.duration, $0.rule) < ($1.duration, $1.rule) }
    overspeeds = rules.indices.compactMap { index in
      if case .overspeedInside(let tier) = rules[index].trigger { (index, tier) } else { nil }
    }
    stops = rules.indices.compactMap { index in
      if case .stop(let duration) = rules[index].trigger { (index, duration) } else { nil }
    }
    idlings = rules.indices.compactMap { index in
      if case .idle(let duration) = rules[index].trigger { (index, duration) } else { nil }
    }
    proximities = rules.indices.compactMap { index in
      if case .proximity(let proximity) = rules[index].trigger { (index, proximity) } else { nil }
    }
    needsPlaces = !(silences.isEmpty && stops.isEmpty)
    needsTravel =
      needsPlaces || !(insides.isEmpty && outsides.isEmpty && idlings.isEmpty && proximities.isEmpty)
  }

  /// What of a rule is the engine's business; `nil` for one that does not go by entries and exits.
  func fenceRule(ofRule name: String) -> FenceRule? { fenceRules.first { $0.id == name } }

  /// The names of the rules that detect something else than in another book, or are not there.
  func rulesChanged(since other: RuleBook) -> Set<String> {
    let before = Dictionary(uniqueKeysWithValues: zip(other.rules.map(\.name), other.revisions))
    return Set(zip(rules, revisions).filter { before[$0.name] != $1 }.map(\.0.name))
  }

  /// Whether a rule of the engine asks where vehicles are and decides nothing that somebody would want explained.
  func asksWhereAlone(_ rule: UInt32) -> Bool {
    if case .overspeedInside = rules[owners[Int(rule)]].trigger { true } else { false }
  }

  /// What tells one version of a rule from another, as its alerts have it; `nil` where there is no such rule.
  public func revision(ofRule name: String) -> String? {
    rules.firstIndex { $0.name == name }.map { revisions[$0] }
  }
}
