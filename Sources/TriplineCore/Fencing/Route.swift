/// The way of a vehicle from one visit to the next: from where it left the last fence that it was inside of to where it
/// entered another one, or the same again.
///
/// Told where the configuration says so (`Engine.Configuration.reportsRoutes`). A vehicle that goes from one fence into
/// another without being outside of all has no route between the two. What was done on it is measured as in a `Visit`.
public struct Route: Sendable, BitwiseCopyable, Equatable {
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// The fence it came from; `nil` where the track began outside, or the fences changed around it.
  public var origin: UInt32?
  /// The fence it came to; `nil` where the track ended outside, or the fences changed around it.
  public var destination: UInt32?
  /// When it left, in milliseconds UTC.
  public var startTime: Int64
  /// When it arrived, in milliseconds UTC.
  public var endTime: Int64
  /// Where it left.
  public var startCoordinate: Coordinate
  /// Where it arrived.
  public var endCoordinate: Coordinate
  /// Accepted fixes on the way.
  public var fixes: UInt32
  /// Stops that were found on the way.
  public var stops: UInt32
  /// Metres, without stops and data gaps.
  public var distance: Double
  /// Time in motion in milliseconds.
  public var moving: Int64
  /// Time at stops in milliseconds.
  public var stopped: Int64
  /// Time in data gaps in milliseconds.
  public var gap: Int64
  /// Largest speed that two fixes in a row have reached, in metres a second; `nil` where no speed is known.
  public var maximumSpeed: Float?

  /// Length in milliseconds.
  public var duration: Int64 { endTime - startTime }
  /// Time at rest on the way in milliseconds: `moving + stationary + stopped + gap == duration`, exactly.
  public var stationary: Int64 { duration - moving - stopped - gap }

  /// A route that was measured as a visit of nowhere.
  init(_ visit: Visit, from origin: UInt32?, to destination: UInt32?) {
    vehicle = visit.vehicle
    self.origin = origin
    self.destination = destination
    startTime = visit.enterTime
    endTime = visit.exitTime
    startCoordinate = visit.enterCoordinate
    endCoordinate = visit.exitCoordinate
    fixes = visit.fixes
    stops = visit.stops
    distance = visit.distance
    moving = visit.moving
    stopped = visit.stopped
    gap = visit.gap
    maximumSpeed = visit.maximumSpeed
  }
}
