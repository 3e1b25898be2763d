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

  /// Time has gone on for a part of the fleet.
  public struct Advance: Sendable, Hashable {
    /// The part: one of `AlertEngine.parts`.
    public var part: Int
    /// Up to when, in milliseconds UTC.
    public var time: Int64

    /// Creates one.
    public init(part: Int, time: Int64) {
      self.part = part
      self.time = time
    }
  }

  /// The traces of a shard since the last ones of it that were kept for good.
  public struct Traces: Sendable {
    /// The shard.
    public var shard: Int
    /// The traces, in the order in which they came; not empty.
    public var traces: [AlertEngine.Trace]

    /// Creates one.
    public init(shard: Int, traces: [AlertEngine.Trace]) {
      self.shard = shard
      self.traces = traces
    }
  }

  /// The number of its row in the journal, one more than that of the one before.
  public var number: Int64
  /// By the clock of whoever writes it, in milliseconds UTC.
  public var recordedAt: Int64
  /// How time had gone on before the fixes.
  public var advances: [Advance] = []
  /// The fixes.
  public var fixes: [Fix] = []
  /// Vehicles that are new, or have another name.
  public var vehicles: [Vehicle] = []
  /// What the engine made of it.
  public var outcome = AlertEngine.Outcome()
  /// All traces of some shards since the last ones of them that were kept for good, those of this batch included: for these the
  /// journal is not needed any more. Where the state of a shard is written its traces are among them.
  public var traces: [Traces] = []
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
