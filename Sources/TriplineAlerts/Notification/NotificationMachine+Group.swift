extension NotificationMachine {
  /// Alerts of which a receiver is told in one message.
  public struct Group: Sendable, Hashable {
    /// Who is told.
    public let receiver: String
    /// The place of the route in the tree, see `Route.path`.
    public let path: String
    /// The labels that its alerts have in common by `group_by`; none where each alert is told of by itself.
    public let labels: [String: String]
    /// The alert, where each is told of by itself.
    public let alert: String?

    /// The group of an alert on a route.
    init(receiver: String, route: Route, alert: String, labels: [String: String]) {
      self.receiver = receiver
      path = route.path
      self.alert = route.groupBy == nil ? alert : nil
      switch route.groupBy {
      case nil: self.labels = [:]
      case [Route.everyLabel]?: self.labels = labels
      case let names?: self.labels = labels.filter { names.contains($0.key) }
      }
    }

    /// A text that tells it from all others, the same after a restart.
    public var key: String { "\(receiver) \(path):\(name)" }

    /// A text that tells what it is about, by whatever route its receiver is told.
    public var subject: String { "\(receiver) \(name)" }

    private var name: String {
      alert ?? "{"
        + labels.sorted { $0.key < $1.key }
        .map { $0.key + "=" + Matcher.quoted($0.value) }.joined(separator: ",") + "}"
    }
  }
}
