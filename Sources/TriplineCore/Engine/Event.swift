/// What the engine has to say.
public enum Event: Sendable, BitwiseCopyable, Equatable {
  /// A change with respect to a fence.
  case fence(FenceEvent)
  /// What a rule tells of a fence.
  case rule(RuleEvent)
  /// What a rule made of a fix, where the configuration says that this is recorded.
  case decision(RuleDecision)
  /// A stay in a fence that is over.
  case visit(Visit)
  /// A way from one visit to the next, where the configuration says that these are told.
  case route(Route)
  /// A step in the life of a stop.
  case stop(StopEvent)
  /// A trip that is over.
  case trip(Trip)
  /// A strong acceleration, where the configuration says that trips are scored.
  case harsh(HarshEvent)
  /// A time of driving too fast, likewise.
  case overspeed(OverspeedEvent)
  /// What a trip was like, behind the trip itself; likewise.
  case score(TripScore)
  /// The way to an accepted fix, where the configuration says that these are reported.
  case travel(Travel)

  /// Dense index of the vehicle or track it is about.
  public var vehicle: UInt32 {
    switch self {
    case .fence(let event): event.vehicle
    case .rule(let event): event.vehicle
    case .decision(let decision): decision.vehicle
    case .visit(let visit): visit.vehicle
    case .route(let route): route.vehicle
    case .stop(let event): event.stop.vehicle
    case .trip(let trip): trip.vehicle
    case .harsh(let event): event.vehicle
    case .overspeed(let event): event.vehicle
    case .score(let score): score.vehicle
    case .travel(let travel): travel.vehicle
    }
  }
}
