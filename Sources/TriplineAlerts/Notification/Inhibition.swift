/// Alerts that nobody is told of while another one fires, as Alertmanager's `inhibit_rules`.
public struct Inhibition: Sendable, Hashable {
  /// What the labels of the alert have to be that has to fire.
  public var source: [Matcher]
  /// What the labels of those have to be that are kept back.
  public var target: [Matcher]
  /// Labels in which both have to agree; one that an alert does not have is the empty text.
  public var equal: [String]

  /// Creates an inhibition.
  public init(source: [Matcher], target: [Matcher], equal: [String]) {
    self.source = source
    self.target = target
    self.equal = equal
  }

  /// Whether an alert with such labels is kept back while another one fires; one that could be both is not kept back by
  /// another that could be both, so that no alert keeps itself back.
  public func inhibits(_ labels: [String: String], while source: [String: String]) -> Bool {
    target.match(labels) && self.source.match(source) && values(labels) == values(source)
      && !(self.source.match(labels) && target.match(source))
  }

  /// The values in which both have to agree.
  func values(_ labels: [String: String]) -> [String] { equal.map { labels[$0] ?? "" } }
}
