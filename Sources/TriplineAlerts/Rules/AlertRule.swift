public import TriplineCore

/// What somebody wants to be alerted of, in the vocabulary of Prometheus.
public struct AlertRule: Sendable, Hashable {
  /// What it waits for.
  public enum Trigger: Sendable, Hashable {
    /// A vehicle has entered a fence; it fires until the vehicle has left.
    case enter
    /// A vehicle has left a fence; it fires until the vehicle is back.
    case exit
    /// A vehicle has been in a fence for so many milliseconds; it fires until the vehicle has left.
    case dwell(Int64)
    /// A vehicle has passed through a fence on the way from one fix to the next. It fires and is over at once.
    case cross
    /// A vehicle is inside of a fence, no matter how that came about; it fires until the vehicle has left.
    case inside
    /// A vehicle is inside of none of the fences; it fires, without a fence, until the vehicle is in one.
    case outside
    /// No fix of use has come of a vehicle for so many milliseconds; it fires until the next one. A vehicle that has
    /// never been seen is not silent.
    case silent(Int64)
    /// A vehicle has been driven faster than allowed, at least at this tier. It is known when it is over.
    case overspeed(OverspeedEvent.Tier)
    /// The same of driving inside of a fence, for as long as makes overspeed: an alert for each fence.
    case overspeedInside(OverspeedEvent.Tier)
    /// A vehicle has stopped for so many milliseconds, as fixes at the place show or as it fell silent there; it fires until the
    /// stop is over.
    case stop(Int64)
    /// A vehicle has stood for so many milliseconds with the ignition on; it fires until that is off or the vehicle has left. It
    /// needs fixes that say whether the ignition is on.
    case idle(Int64)
    /// A vehicle has come near another one; it fires, once for the two, until they are apart again.
    case proximity(Proximity)
    /// A vehicle was braked, accelerated or cornered, at least at this level; of all kinds where there is none.
    case harsh(HarshEvent.Level, HarshEvent.Kind?)
    /// A trip is over whose driving score is below a number.
    case trip(scoreBelow: Double)

    /// What its alerts are about.
    var name: String {
      switch self {
      case .enter: "geofence.enter"
      case .exit: "geofence.exit"
      case .dwell: "geofence.dwell"
      case .cross: "geofence.cross"
      case .inside: "geofence.inside"
      case .outside: "geofence.outside"
      case .silent: "vehicle.silent"
      case .overspeed, .overspeedInside: "vehicle.overspeed"
      case .stop: "vehicle.stop"
      case .idle: "vehicle.idle"
      case .proximity: "vehicle.proximity"
      case .harsh: "vehicle.harsh"
      case .trip: "trip.scored"
      }
    }

    /// Whether it is about fences.
    public var isOfFences: Bool {
      switch self {
      case .enter, .exit, .dwell, .cross, .inside, .outside, .overspeedInside: true
      case .silent, .overspeed, .stop, .idle, .proximity, .harsh, .trip: false
      }
    }

    /// Whether it is about two vehicles.
    var isOfPairs: Bool { if case .proximity = self { true } else { false } }

    /// Whether it goes by entries and exits, of which a rule has conditions to be sure.
    public var isOfStays: Bool {
      switch self {
      case .enter, .exit, .dwell, .inside, .outside: true
      case .cross, .silent, .overspeed, .overspeedInside, .stop, .idle, .proximity, .harsh, .trip: false
      }
    }

    /// Whether it fires until something else comes, and may go on firing after that.
    var lasts: Bool {
      switch self {
      case .silent, .stop, .idle, .proximity: true
      case .cross, .overspeed, .overspeedInside, .harsh, .trip: false
      case .enter, .exit, .dwell, .inside, .outside: true
      }
    }
  }

  /// How near two vehicles have to come, and which.
  public struct Proximity: Sendable, Hashable {
    /// Metres between the two within which they are near, above 0 and at most 20 km.
    public var within: Double
    /// Metres more than that which two have to be apart before they are not near any more, at most 20 km.
    public var margin: Double
    /// The ids of those to whom the rule's vehicles come near; `nil` for all.
    public var others: Set<String>?

    /// Creates one; without a margin two that follow one another at that distance part and meet again and again.
    public init(within: Double, margin: Double = 0, others: Set<String>? = nil) {
      self.within = within
      self.margin = margin
      self.others = others
    }
  }

  /// Its name, unique among all.
  public var name: String
  /// What it waits for.
  public var trigger: Trigger
  /// The fences it is about; of no matter where the trigger is not about fences.
  public var fences = FenceRule.Selection.all
  /// How sure it has to be of entries and exits.
  public var conditions = FenceConditions()
  /// The ids of the vehicles it is about, or `nil` for all.
  public var vehicles: Set<String>?
  /// How long it goes on firing after what it waits for is over, in milliseconds: what comes back meanwhile is no new alert.
  public var keepFiringFor: Int64 = 0
  /// Schedules in which alone somebody is told; none for always.
  public var active: [Schedule] = []
  /// Schedules in which nobody is told.
  public var mute: [Schedule] = []
  /// The zones of vehicles and fences, for schedules that go by them.
  public var zones = PlaceZones()
  /// Labels besides `alertname`, `vehicle` and `fence`.
  public var labels: [String: String] = [:]
  /// Texts for people, with `{{…}}` to be filled in.
  public var annotations: [String: String] = [:]

  /// Creates a rule.
  public init(name: String, trigger: Trigger) {
    self.name = name
    self.trigger = trigger
  }

  /// The ids of all vehicles that it names.
  public var namedVehicles: Set<String> {
    guard case .proximity(let proximity) = trigger else { return vehicles ?? [] }
    return (vehicles ?? []).union(proximity.others ?? [])
  }

  /// Why nobody is told at a moment, in milliseconds UTC, or `nil` where somebody is.
  ///
  /// - Parameters:
  ///   - moment: the moment.
  ///   - vehicle: the id of the vehicle it is about; without one, schedules of vehicles are asked in their own zone.
  ///   - fence: the id of the fence it is about.
  public func muting(at moment: Int64, vehicle: String? = nil, fence: String? = nil) -> String? {
    let zones = zones.zones(vehicle: vehicle, fence: fence)
    if let schedule = mute.first(where: { $0.contains(moment, zones: zones) }) { return "muted by \(schedule.name)" }
    guard !active.isEmpty, !active.contains(where: { $0.contains(moment, zones: zones) }) else { return nil }
    return "not in \(active.map(\.name).joined(separator: " or "))"
  }
}
