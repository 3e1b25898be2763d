extension ReceiverSettings {
  /// A receiver that prints alerts, for files that name none.
  static let printing = ReceiverSettings(
    name: "stdout", sinks: [Sink(id: "stdout/stdout", line: 0, kind: .standardOutput)])
}

extension NotificationSettings {
  /// All alerts to one receiver, each as soon as it comes.
  static func all(to receiver: ReceiverSettings) -> NotificationSettings {
    NotificationSettings(route: Route(Route.Declaration(receiver: receiver.name)))
  }
}
