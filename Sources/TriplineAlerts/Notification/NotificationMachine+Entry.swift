extension NotificationMachine {
  /// What keeps an alert back.
  enum Obstacle: Sendable, Hashable {
    /// The schedules of a rule.
    case rule(String)
    /// A silence.
    case silence(String)
    /// Another alert, by its number.
    case source(UInt64)
    /// The schedules of routes, by their numbers.
    case routes([Int])

    /// The same, without saying which one.
    var cause: Cause {
      switch self {
      case .rule: .rule
      case .silence: .silence
      case .source: .inhibition
      case .routes: .route
      }
    }
  }

  /// That an alert is kept back.
  struct Hold: Sendable {
    /// What keeps it back.
    var obstacle: Obstacle
    /// The same for people.
    var reason: String
    /// When that may be over, where it is known.
    var due: Int64?
  }

  /// What a receiver knows of an alert.
  struct Target: Sendable {
    /// Who is told.
    let receiver: String
    /// The routes to it, by their numbers; none where it was told before the routes were changed.
    let routes: [Int]
    /// When it was last told that the alert fires.
    var toldAt: Int64?
    /// When it is to be told of that again.
    var repeatDue: Int64?
    /// What keeps the alert back from it.
    var obstacle: Obstacle?
    /// Whether it was told of the end, or never will be told.
    var isDone = false
  }

  /// An alert that fires, or is over and not told to all.
  struct Entry: Sendable {
    /// Its id.
    let alert: String
    /// Its rule.
    let rule: String
    /// Its labels.
    let labels: [String: String]
    /// Why nobody was to be told when it was decided, by the schedules of its rule.
    let muting: String?
    /// When it was taken.
    let takenAt: Int64
    /// The number of the event of its end.
    var resolution: UInt64?
    /// Reasons that were shown.
    var reasons: Set<String> = []
    /// Those to be told.
    var targets: [Target] = []
  }

  /// Alerts that wait for the message of their group.
  struct Batch: Sendable {
    /// The group.
    let group: Group
    /// Its route, by its number.
    let route: Int
    /// Since when each alert waits, by its number.
    var waiting: [UInt64: Int64] = [:]
    /// The first of these times.
    var since: Int64
    /// When the message goes out.
    var due: Int64?
  }

  /// Something and when it is due; what has changed meanwhile is not due any more.
  struct Due: Sendable, Comparable {
    /// What is due.
    enum Matter: Sendable, Hashable {
      /// What an obstacle keeps back is looked at again.
      case release(Obstacle)
      /// A receiver is told again: the number of the alert and the place among its targets.
      case again(UInt64, Int)
      /// A message, by the key of its group.
      case message(String)
    }

    /// When, in milliseconds UTC.
    let time: Int64
    /// What.
    let matter: Matter

    /// Whether one is due before the other.
    static func < (one: Due, other: Due) -> Bool { one.time < other.time }
  }
}
