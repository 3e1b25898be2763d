public import TriplineFormats

/// A track, and what rules have to tell of it.
public struct RuleTest: Sendable {
  /// An alert that has to be there.
  public struct Expectation: Sendable, Hashable {
    /// The rule.
    public var rule: String
    /// The fence's id, where it matters.
    public var fenceID: String?
    /// The other vehicle's id, where it matters.
    public var otherID: String?
    /// The vehicle's id, where it matters.
    public var vehicleID: String?
    /// When it has become true, in milliseconds UTC, where it matters.
    public var startsAt: Int64?
    /// When it has been decided, where it matters.
    public var firesAt: Int64?
    /// When it is over, where it matters.
    public var resolvesAt: Int64?
    /// How far off each of these may be, in milliseconds.
    public var tolerance: Int64 = 0
    /// Whether nobody may be told, where it matters.
    public var isMuted: Bool?
  }

  /// Its name.
  public var name: String
  /// Where it stands in its file.
  public var line: Int
  /// The track.
  public var input: InputFile
  /// The alerts, in any order; there may be no other ones.
  public var expectations: [Expectation]

  /// What is otherwise than expected, a line each; nothing where all is as it should be.
  public func problems(with alerts: [Alert]) -> [String] {
    // Each expectation gets an alert, as many as can be: one that could have several leaves to another what it needs.
    var owners = [Int?](repeating: nil, count: alerts.count)
    func assign(_ expectation: Int, _ seen: inout Set<Int>) -> Bool {
      for index in alerts.indices
      where expectations[expectation].isMet(by: alerts[index]) && seen.insert(index).inserted {
        guard let owner = owners[index], !assign(owner, &seen) else {
          owners[index] = expectation
          return true
        }
      }
      return false
    }
    var missing: [Expectation] = []
    for index in expectations.indices {
      var seen: Set<Int> = []
      if !assign(index, &seen) { missing.append(expectations[index]) }
    }
    let left = alerts.indices.filter { owners[$0] == nil }.map { alerts[$0] }
    let problems = missing.map { expectation in
      let near = left.filter { $0.rule == expectation.rule }.map(Self.text)
      return "missing: \(expectation.text)" + (near.isEmpty ? "" : "; there is " + near.joined(separator: " and "))
    }
    return problems + left.map { "not expected: \(Self.text($0)): \($0.reason)" }
  }

  private static func text(_ alert: Alert) -> String {
    var text = "\(alert.rule) of \(alert.vehicleID)"
    if let fence = alert.fenceID { text += " at \(fence)" }
    if let other = alert.otherID { text += " near \(other)" }
    text += ", starts_at \(time(alert.startsAt)), fires_at \(time(alert.decidedAt))"
    if let end = alert.resolvedAt { text += ", resolves_at \(time(end))" }
    return text + (alert.muting.map { ", \($0)" } ?? "")
  }

  static func time(_ time: Int64) -> String { Timestamp.text(time) ?? "\(time)" }
}

extension RuleTest.Expectation {
  func isMet(by alert: Alert) -> Bool {
    func isNear(_ time: Int64?, _ other: Int64?) -> Bool {
      guard let time else { return true }
      return other.map { abs($0 - time) <= tolerance } ?? false
    }
    return alert.rule == rule && (fenceID ?? alert.fenceID) == alert.fenceID
      && (otherID ?? alert.otherID) == alert.otherID && (vehicleID ?? alert.vehicleID) == alert.vehicleID
      && isNear(startsAt, alert.startsAt)
      && isNear(firesAt, alert.decidedAt) && isNear(resolvesAt, alert.resolvedAt)
      && (isMuted ?? (alert.muting != nil)) == (alert.muting != nil)
  }

  var text: String {
    var text = rule
    if let vehicleID { text += " of \(vehicleID)" }
    if let fenceID { text += " at \(fenceID)" }
    if let otherID { text += " near \(otherID)" }
    for (name, time) in [("starts_at", startsAt), ("fires_at", firesAt), ("resolves_at", resolvesAt)] {
      if let time { text += ", \(name) \(RuleTest.time(time))" }
    }
    return text + (isMuted.map { $0 ? ", muted" : ", told" } ?? "")
  }
}
