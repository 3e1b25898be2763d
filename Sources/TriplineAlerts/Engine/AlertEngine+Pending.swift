import TriplineCore

extension AlertEngine {
  /// What would fire if it went on as it is.
  public struct Pending: Sendable, Hashable {
    /// The rule's name.
    public var rule: String
    /// The vehicle's id.
    public var vehicleID: String
    /// The fence's id; `nil` of rules that are not about fences.
    public var fenceID: String?
    /// Since when, in milliseconds UTC.
    public var since: Int64
    /// When it will have lasted for long enough, in milliseconds UTC; `nil` where more fixes have to say so.
    public var due: Int64?
  }

  /// What is pending, in the order of its beginning: entries, exits and stays that are not believed or not long enough yet, and stops
  /// that are not.
  /// - Complexity: O(vehicles).
  public var pending: [Pending] {
    let (book, fences) = (book, fences)
    var found: [Pending] = []
    for index in 0..<UInt32(vehicleCount) {
      let id = vehicleID(index)
      for one in enginePending(of: index) {
        let rule = book.rules[book.owners[Int(one.rule)]]
        guard Self.isTold(one.kind, by: rule.trigger), rule.vehicles?.contains(id) ?? true else { continue }
        found.append(
          Pending(
            rule: rule.name, vehicleID: id, fenceID: fences.id(of: one.fence), since: one.since, due: one.due))
      }
      guard let standing = standing(of: index), standing.isThere, let last = lastTime(of: index) else { continue }
      for (rule, duration) in book.stops
      where last - standing.since < duration && book.rules[rule].vehicles?.contains(id) ?? true {
        found.append(
          Pending(
            rule: book.rules[rule].name, vehicleID: id, fenceID: nil, since: standing.since,
            due: standing.since + duration))
      }
    }
    return found.sorted {
      ($0.since, $0.rule, $0.vehicleID, $0.fenceID ?? "") < ($1.since, $1.rule, $1.vehicleID, $1.fenceID ?? "")
    }
  }

  private static func isTold(_ kind: RuleEvent.Kind, by trigger: AlertRule.Trigger) -> Bool {
    switch (kind, trigger) {
    case (.enter, .enter), (.enter, .inside), (.exit, .exit), (.exit, .outside), (.dwell, .dwell): true
    default: false
    }
  }
}
