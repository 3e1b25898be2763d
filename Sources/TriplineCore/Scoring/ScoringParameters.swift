/// How driving is judged.
public struct ScoringParameters: Sendable, Hashable {
  /// Deceleration in metres a second squared that makes an event of each level.
  ///
  /// By speeds of a receiver, which smooth what an accelerometer measures: level 2 is about the 99.9th percentile of
  /// ordinary driving (Brazilian Naturalistic Driving Study), level 1 is a statistic and no reason to alert.
  public var braking = HarshLevels(noticeable: 1.5, harsh: 2.5, severe: 3.5)
  /// Acceleration that makes an event of each level.
  public var accelerating = HarshLevels(noticeable: 1.5, harsh: 2.5, severe: 3.5)
  /// Lateral acceleration that makes an event of each level.
  public var cornering = HarshLevels(noticeable: 2, harsh: 3, severe: 4)
  /// What the levels are multiplied by.
  public var vehicleClass = VehicleClass.car
  /// The share of the lowest level below which an event ends.
  public var endShare: Float = 0.8
  /// Milliseconds between two events of a kind up to which they are one.
  public var mergeDuration: Int64 = 3_000
  /// Metres a second by which the speed has to change for an event.
  public var leastSpeedChange: Float = 2
  /// Degrees by which the course has to change for an event.
  public var leastCourseChange: Float = 15
  /// Speed in metres a second below which nothing is a corner.
  public var leastCorneringSpeed: Float = 5
  /// What driving too fast is.
  public var overspeed = OverspeedParameters()
  /// The speed in metres a second that the vehicle may never exceed; `nil` for none. Where a fix has a limit of its own,
  /// the lower one holds.
  public var speedLimit: Float?
  /// When it is night, for the share of a trip that was driven then; `nil` where nobody asks.
  public var night: NightHours?
  /// What driving is compared with.
  public var norms = ScoreNorms()

  /// The definitions of a fleet report, for cars.
  public init() {}
}

/// The accelerations at which an event begins, is harsh, and is severe, in metres a second squared.
public struct HarshLevels: Sendable, Hashable {
  /// The lowest.
  public var noticeable: Float
  /// The middle one.
  public var harsh: Float
  /// The highest.
  public var severe: Float

  /// Creates levels, in ascending order.
  public init(noticeable: Float, harsh: Float, severe: Float) {
    self.noticeable = noticeable
    self.harsh = harsh
    self.severe = severe
  }
}

/// What kind of vehicle drives: a heavier one does less and means more by it.
public enum VehicleClass: String, Sendable, Hashable, CaseIterable {
  case car, van, truck

  /// What the levels of harsh events are multiplied by: the order is that of vendors' tables, the values are ours.
  public var levelFactor: Float {
    switch self {
    case .car: 1
    case .van: 0.9
    case .truck: 0.7
    }
  }
}

/// What driving too fast is.
public struct OverspeedParameters: Sendable, Hashable {
  /// What the limit is multiplied by before anything is too fast …
  public var tolerance: Float = 1.05
  /// … and the metres a second that are added to it.
  public var margin: Float = 0.5
  /// Milliseconds that it has to last.
  public var duration: Int64 = 5_000
  /// Milliseconds at the limit or below that end it.
  public var endDuration: Int64 = 3_000
  /// How far above the limit, as a share of it, the upper tiers begin: 12, 25 and 40 %, as Lightfoot has them.
  public var tiers = HarshLevels(noticeable: 0.12, harsh: 0.25, severe: 0.40)

  /// The defaults: 5 % and 0.5 m/s above the limit for 5 s, over with 3 s at it.
  public init() {}
}

/// The hours of the night in local civil time, and what local time is.
public struct NightHours: Sendable, Hashable {
  /// A time from which on local time is so many milliseconds ahead of UTC.
  public struct Offset: Sendable, Hashable {
    /// Milliseconds UTC.
    public var start: Int64
    /// Milliseconds east of UTC.
    public var offset: Int64

    /// Creates an offset.
    public init(start: Int64, offset: Int64) {
      self.start = start
      self.offset = offset
    }
  }

  /// Milliseconds after midnight at which the night begins: 23:00.
  public var start: Int64 = 23 * 3_600_000
  /// Milliseconds after midnight at which it ends: 04:00.
  public var end: Int64 = 4 * 3_600_000
  /// The offsets of the time zone, in the order of their starts; before the first of them that one holds.
  public var offsets: [Offset]

  /// The hours from 23:00 to 04:00, in a time zone with these offsets.
  ///
  /// - Precondition: there is an offset.
  public init(offsets: [Offset]) {
    precondition(!offsets.isEmpty, "a time zone has an offset from UTC")
    self.offsets = offsets
  }

  /// Whether it is night at an instant.
  ///
  /// - Complexity: O(log offsets).
  public func contains(_ time: Int64) -> Bool {
    var (low, high) = (0, offsets.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offsets[middle].start <= time { low = middle } else { high = middle }
    }
    let day: Int64 = 86_400_000
    let local = (time + offsets[low].offset) % day
    let clock = local < 0 ? local + day : local
    return start <= end ? clock >= start && clock < end : clock >= start || clock < end
  }
}

/// What a driving score compares with: one set of figures, which a fleet can measure for itself.
public struct ScoreNorms: Sendable, Hashable {
  /// Ordinary index of accelerations below 50 km/h in metres a second squared.
  public var slow = 0.27
  /// … from 50 to 90 km/h.
  public var medium = 0.19
  /// … above 90 km/h.
  public var fast = 0.10
  /// The ratio to the ordinary index at which nothing is lost.
  public var best = 0.9
  /// The ratio at which everything is lost.
  public var worst = 3.0

  /// The figures that are shipped: below 90 km/h the medians of the Brazilian Naturalistic Driving Study (3 drivers, 91 km
  /// in a city); above 90 km/h assumed. The two bounds are chosen so that the trips of that study, whose drivers were too
  /// fast for a tenth of the time, score 77 in the middle and none below 60.
  public init() {}
}
