extension Engine {
  /// Sets of definitions, by what the tracks come from or whose results are wanted.
  public enum Profile: String, Sendable, CaseIterable {
    /// Vehicles with receivers of their own: the defaults.
    case fleet
    /// Phones that fall silent when they lie still and wake up once they have been carried away: a trip ends where the
    /// phone had arrived before its silence, and begins when it must have left. Stops from 35 m and 5 minutes, up
    /// to 70 m across a silence; trips from 50 m; up to 4 hours without fixes are no end of a trip on the way.
    ///
    /// Chosen on the 19 examples of e-mission, where 70 of 81 trips found overlap one of the 94 listed by half, and so
    /// that 75 phones at rest are one stop each and move no metre.
    case phone
    /// Rounds with many short stops: stops from 35 m and 100 s, trips from 50 m and 30 s.
    ///
    /// Chosen on the labelled example of STAGA, a phone: of fixes at rest and on the way 88 % each, on average, are taken
    /// for that.
    case delivery
    /// What Traccar's reports say (`DisplacementRule`): every fix counts, but of several at one time one.
    case traccar
    /// Much like MovingPandas' `TrajectoryStopDetector` with 100 m and 300 s: every fix counts, a place is 70 m around
    /// its middle, and there is no shortest trip.
    case movingpandas
  }
}

extension Engine.Configuration {
  /// The definitions of a profile.
  public init(_ profile: Engine.Profile) {
    self.init()
    switch profile {
    case .fleet: break
    case .phone:
      gate.coarsestAccuracy = 150
      trips.stopRadius = 35
      trips.silentStopDistance = 70
      trips.tripDistance = 50
      trips.gapDuration = 120_000
      trips.gapSpeed = 0.5
      trips.splitDuration = 4 * 3_600_000
      trips.arrivalDuration = 60_000
      trips.estimatesDeparture = true
    case .delivery:
      trips.stopRadius = 35
      trips.stopDuration = 100_000
      trips.tripDistance = 50
      trips.tripDuration = 30_000
    case .traccar:
      takeEveryFix()
      trips.displacement = DisplacementRule()
    case .movingpandas:
      takeEveryFix()
      (trips.stopRadius, trips.largestStopRadius) = (70, 70)
      trips.exitFixes = 1
      trips.exitSpeed = .infinity
      trips.gapSpeed = 0
      trips.silentStopDistance = 100
    }
  }

  /// Nothing is left out for what it says, and no trip for being short: other tools do not look.
  private mutating func takeEveryFix() {
    gate.coarsestAccuracy = .infinity
    gate.largestSpeed = .infinity
    trips.tripDistance = 0
    trips.tripDuration = 0
    trips.splitDuration = 366 * 86_400_000
  }
}
