import TriplineCore

extension AlertRule {
  /// A digest of what decides what it detects: labels, annotations and schedules do not.
  ///
  /// Ids of alerts depend on it: what is written here may be added to, for rules that have something new, and never changed.
  var revision: String {
    var parts = triggerParts
    if trigger.isOfFences {
      switch fences {
      case .all: parts.append("all")
      case .ids(let ids): parts += ["ids", "\(ids.count)"] + ids.sorted()
      case .tags(let tags): parts += ["tags", "\(tags.count)"] + tags.sorted()
      }
      if trigger.isOfStays { parts += conditionParts }
    }
    if trigger.lasts { parts.append("\(keepFiringFor)") }
    if let vehicles { parts += ["vehicles", "\(vehicles.count)"] + vehicles.sorted() }
    return AlertID.digest(parts)
  }

  private var triggerParts: [String] {
    switch trigger {
    case .enter: ["enter"]
    case .exit: ["exit"]
    case .dwell(let duration): ["dwell", "\(duration)"]
    case .cross: ["cross"]
    case .inside: ["inside"]
    case .outside: ["outside"]
    case .silent(let duration): ["silent", "\(duration)"]
    case .overspeed(let tier): ["overspeed", "\(tier.rawValue)"]
    case .overspeedInside(let tier): ["overspeed inside", "\(tier.rawValue)"]
    case .stop(let duration): ["stop", "\(duration)"]
    case .idle(let duration): ["idle", "\(duration)"]
    case .proximity(let near):
      ["proximity", "\(near.within)", "\(near.margin)"] + (near.others.map { ["\($0.count)"] + $0.sorted() } ?? ["all"])
    case .harsh(let level, let kind): ["harsh", "\(level.rawValue)", kind.map { "\($0.rawValue)" } ?? "any"]
    case .trip(let score): ["trip", "\(score)"]
    }
  }

  private var conditionParts: [String] {
    var parts = [conditions.enter, conditions.exit].flatMap {
      ["\($0.margin)", "\($0.fixes)", "\($0.ofFixes)", "\($0.duration)"]
    }
    parts += ["\(conditions.accuracyCap)", "\(conditions.initialState.rawValue)"]
    if let certainty = conditions.certainty { parts += ["certainty", "\(certainty.enter)", "\(certainty.exit)"] }
    if let along = conditions.alongRoute { parts += ["along", "\(along.distance)", "\(along.direction.rawValue)"] }
    if let longest = conditions.longestInference { parts += ["longest", "\(longest)"] }
    if let speed = conditions.largestInferredSpeed { parts += ["speed", "\(speed)"] }
    return parts
  }
}
