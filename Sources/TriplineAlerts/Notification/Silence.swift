/// What nobody is told of for a time, because somebody said so.
public struct Silence: Sendable, Hashable, Codable {
  /// Its id.
  public var id: String
  /// What labels have to be, all of it; without any it silences nothing.
  public var matchers: [Matcher]
  /// When it begins, in milliseconds UTC.
  public var startsAt: Int64
  /// When it is over, in milliseconds UTC; this moment does not belong to it.
  public var endsAt: Int64
  /// Who said so.
  public var author: String
  /// Why.
  public var comment: String

  /// Creates a silence.
  public init(id: String, matchers: [Matcher], startsAt: Int64, endsAt: Int64, author: String, comment: String) {
    self.id = id
    self.matchers = matchers
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.author = author
    self.comment = comment
  }

  /// Whether nobody is told of an alert with such labels at a moment, in milliseconds UTC.
  public func mutes(_ labels: [String: String], at moment: Int64) -> Bool {
    startsAt <= moment && moment < endsAt && !matchers.isEmpty && matchers.match(labels)
  }
}
