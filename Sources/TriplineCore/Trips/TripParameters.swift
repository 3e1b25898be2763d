/// What makes a stop, a trip and a data gap.
public struct TripParameters: Sendable, Hashable {
  /// Smallest radius of a stop in metres. 50 m suits 1 Hz receivers and phones alike (best on the STAGA example).
  public var stopRadius = 50.0
  /// Largest radius of a stop in metres, used where the stated accuracy of the fixes is poor.
  public var largestStopRadius = 100.0
  /// How long a vehicle stays before it is a stop, in milliseconds (trackintel, nomad and e-mission: 5 minutes).
  public var stopDuration: Int64 = 300_000
  /// How long a vehicle stays before it is a pause, in milliseconds.
  public var pauseDuration: Int64 = 60_000
  /// Consecutive fixes outside the radius that end a stop.
  public var exitFixes = 2
  /// Reported speed in metres a second of which two in a row end a stop once half the radius is left.
  public var exitSpeed: Float = 3
  /// Time between two fixes, in milliseconds, above which it is a data gap.
  public var gapDuration: Int64 = 300_000
  /// Time between two fixes, in milliseconds, above which a trip is split (Traccar's stop gap: one hour).
  public var splitDuration: Int64 = 3_600_000
  /// Mean speed in metres a second across a gap below which the vehicle is taken to have stopped in it.
  public var gapSpeed = 1.0
  /// Chord across a gap in metres up to which the vehicle is taken to have stayed where it was.
  public var silentStopDistance = 100.0
  /// How long a vehicle has been at one place before a silence that ends its trip, in milliseconds, for it to have arrived
  /// there; `nil` where it takes a stop to arrive, so that the trip goes on until the last fix. Phones fall silent when
  /// they lie still, before that has become a stop.
  public var arrivalDuration: Int64?
  /// Whether a vehicle that fell silent at a stop and is found elsewhere is taken to have left as long before as the way
  /// there takes it at the mean speed that it then has; if not, its trip starts with the fix that finds it. Phones wake
  /// up once they have been carried away.
  public var estimatesDeparture = false
  /// Distance in metres from its start that makes a trip (Traccar: 200 m).
  public var tripDistance = 200.0
  /// Length of time in milliseconds that makes a trip.
  public var tripDuration: Int64 = 60_000
  /// Speed in metres a second at which motion begins.
  public var movingSpeed: Float = 1.0
  /// Speed in metres a second below which motion ends, once it has lasted `restDuration`.
  public var restSpeed: Float = 0.5
  /// How long a vehicle is slower than `restSpeed` before it is at rest, in milliseconds.
  public var restDuration: Int64 = 3_000
  /// Shortest window, in milliseconds, over which a speed is computed from positions.
  public var speedWindow: Int64 = 3_000
  /// Longest step, in milliseconds, over which reported speeds are integrated.
  public var dopplerStep: Int64 = 10_000

  /// Traccar's rule for where trips begin and end, in place of stops by their radius; `nil` for these.
  public var displacement: DisplacementRule?

  /// The definitions of a fleet report.
  public init() {}
}
