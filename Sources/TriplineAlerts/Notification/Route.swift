/// Who is told of which alerts, and how many at once: a tree, as Alertmanager's `route`.
public struct Route: Sendable, Hashable {
  /// How long a group waits for more before its first message where nothing is said, in milliseconds; Alertmanager's
  /// default.
  public static let usualGroupWait: Int64 = 30_000
  /// How long it is between two messages of a group where nothing is said, in milliseconds; Alertmanager's default.
  public static let usualGroupInterval: Int64 = 300_000
  /// After how long what still fires is told of again where nothing is said, in milliseconds; Alertmanager's default.
  public static let usualRepeatInterval: Int64 = 14_400_000
  /// What stands in `groupBy` for every label.
  public static let everyLabel = "..."

  /// Who is told.
  public let receiver: String
  /// What labels have to be.
  public let matchers: [Matcher]
  /// Whether the routes behind it are asked too where it matches.
  public let continues: Bool
  /// The labels whose values make a group, `...` alone for every label; `nil` where each alert is told of by itself.
  public let groupBy: [String]?
  /// How long it is from a change to the message that tells of it, at least, in milliseconds.
  public let groupWait: Int64
  /// How long it is between two messages of a group, at least, in milliseconds.
  public let groupInterval: Int64
  /// After how long what still fires is told of again, in milliseconds; `nil` for never.
  public let repeatInterval: Int64?
  /// Schedules in which alone somebody is told; none for always.
  public let active: [Schedule]
  /// Schedules in which nobody is told.
  public let mute: [Schedule]
  /// The routes below it.
  public let routes: [Route]
  /// Its place in the tree, depth first, 0 for the root.
  public let number: Int
  /// Its place in the tree for people: matchers from the root down, like `{}/0{severity="page"}`.
  public let path: String

  /// Makes a tree of what is written.
  ///
  /// - Precondition: the root has a receiver, and no repeat interval is 0.
  public init(_ root: Declaration) {
    var count = 0
    self.init(root, place: "", count: &count)
  }

  private init(_ declaration: Declaration, place: String, count: inout Int) {
    guard let receiver = declaration.receiver else { preconditionFailure("the root of all routes needs a receiver") }
    precondition(declaration.repeatInterval ?? 1 > 0, "a repeat interval has to be above 0")
    number = count
    count += 1
    self.receiver = receiver
    matchers = declaration.matchers
    continues = declaration.continues
    groupBy = declaration.groupBy
    let isGrouped = declaration.groupBy != nil
    groupWait = declaration.groupWait ?? (isGrouped ? Self.usualGroupWait : 0)
    groupInterval = declaration.groupInterval ?? (isGrouped ? Self.usualGroupInterval : 0)
    repeatInterval = declaration.repeatInterval ?? (isGrouped ? Self.usualRepeatInterval : nil)
    active = declaration.active
    mute = declaration.mute
    let path = place + "{" + declaration.matchers.map(\.description).joined(separator: ",") + "}"
    self.path = path
    var routes: [Route] = []
    for (position, child) in declaration.routes.enumerated() {
      routes.append(Route(child.inheriting(declaration), place: "\(path)/\(position)", count: &count))
    }
    self.routes = routes
  }

  /// The routes by which an alert with such labels is told, the first ones first; none where this one does not match.
  ///
  /// The first matching route below wins, and those behind it that match too as long as they continue; where none below
  /// matches, it is this one.
  public func matches(for labels: [String: String]) -> [Route] {
    guard matchers.match(labels) else { return [] }
    var found: [Route] = []
    for route in routes {
      let below = route.matches(for: labels)
      found += below
      if !below.isEmpty, !route.continues { break }
    }
    return found.isEmpty ? [self] : found
  }

  /// It and all routes below it, by their numbers.
  var all: [Route] { [self] + routes.flatMap(\.all) }
}
