extension Route {
  /// What is written of a route; what is left out is as the route above it has it.
  public struct Declaration: Sendable, Hashable {
    /// Who is told.
    public var receiver: String?
    /// What labels have to be.
    public var matchers: [Matcher] = []
    /// Whether the routes behind it are asked too where it matches.
    public var continues = false
    /// The labels whose values make a group, `...` alone for every label.
    public var groupBy: [String]?
    /// How long it is from a change to the message that tells of it, at least, in milliseconds.
    public var groupWait: Int64?
    /// How long it is between two messages of a group, at least, in milliseconds.
    public var groupInterval: Int64?
    /// After how long what still fires is told of again, in milliseconds.
    public var repeatInterval: Int64?
    /// Schedules in which alone somebody is told; routes below do not have them from here.
    public var active: [Schedule] = []
    /// Schedules in which nobody is told; routes below do not have them from here.
    public var mute: [Schedule] = []
    /// The routes below it.
    public var routes: [Declaration] = []

    /// Creates a route that says nothing but its receiver and what labels have to be.
    public init(receiver: String? = nil, matchers: [Matcher] = []) {
      self.receiver = receiver
      self.matchers = matchers
    }

    /// The same with what the route above it has.
    func inheriting(_ parent: Declaration) -> Declaration {
      var whole = self
      whole.receiver = receiver ?? parent.receiver
      whole.groupBy = groupBy ?? parent.groupBy
      whole.groupWait = groupWait ?? parent.groupWait
      whole.groupInterval = groupInterval ?? parent.groupInterval
      whole.repeatInterval = repeatInterval ?? parent.repeatInterval
      return whole
    }
  }
}
