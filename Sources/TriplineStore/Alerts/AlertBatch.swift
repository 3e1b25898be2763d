public import TriplineAlerts
public import TriplineCore

/// What came in at once, and all that follows from it: written as one.
public struct AlertBatch: Sendable {
  /// A vehicle.
  public struct Vehicle: Sendable, Hashable {
    /// Its index in the engine.
    public var number: UInt32
    /// Its id in the account.
    public var id: String
    /// Its name for people.
    public var name: String

    /// Creates a vehicle.
    public init(number: UInt32, id: String, name: String) {
      self.number = number
      self.id = id
      self.name = name
    }
  }

  /// A step in the life of an alert as it is told.
  public struct Event: Sendable, Hashable {
    /// Its number in the order of all events.
    public var number: UInt64
    /// Its id, which follows from what it is.
    public var id: String
    /// The alert's id.
    public var alert: String
    /// Whether it fires, or is resolved.
    public var isFiring: Bool
    /// The event in JSON.
    public var json: String

    /// Creates an event.
    public init(number: UInt64, id: String, alert: String, isFiring: Bool, json: String) {
      self.number = number
      self.id = id
      self.alert = alert
      self.isFiring = isFiring
      self.json = json
    }
  }

  /// That somebody is not told of an alert.
  public struct Hold: Sendable, Hashable {
    /// The alert's id.
    public var alert: String
    /// Why, for people.
    public var reason: String
    /// What keeps it back.
    public var cause: NotificationMachine.Cause

    /// Creates one.
    public init(alert: String, reason: String, cause: NotificationMachine.Cause) {
      self.alert = alert
      self.reason = reason
      self.cause = cause
    }
  }

  /// The number of its row in the journal, one more than that of the one before.
  public var number: Int64
  /// By the clock of whoever writes it, in milliseconds UTC.
  public var recordedAt: Int64
  /// Up to when time had gone on before the fixes, in milliseconds UTC; `nil` where it had not.
  public var advancedTo: Int64?
  /// The fixes.
  public var fixes: [Fix] = []
  /// Vehicles that are new, or have another name.
  public var vehicles: [Vehicle] = []
  /// What the engine made of it.
  public var outcome = AlertEngine.Outcome()
  /// The events of its changes.
  public var events: [Event] = []
  /// Who is to be told of what.
  public var deliveries: [Delivery] = []
  /// Which receivers are told that which alerts fire: ids and names.
  public var told: [(alert: String, receiver: String)] = []
  /// Which receivers are told that which alerts are over, or never will be told of them.
  public var concluded: [(alert: String, receiver: String)] = []
  /// Alerts of which somebody is not told, and why.
  public var holds: [Hold] = []
  /// The keys of groups that have a message.
  public var groups: Set<String> = []
  /// Alerts of which nobody is told anything more.
  public var settled: [String] = []
  /// States of shards behind it.
  public var shards: [(number: Int, state: AlertEngine.ShardState)] = []

  /// Creates a batch in which nothing has come.
  public init(number: Int64, recordedAt: Int64) {
    self.number = number
    self.recordedAt = recordedAt
  }
}
