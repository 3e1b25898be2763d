import TriplineCore

/// A track in the sandbox's history.
public struct SandboxTrack: Sendable {
  /// Its id.
  public let id: Int64
  /// The index of its vehicle.
  public let vehicle: Int
  /// The points in the order of their upload.
  public let points: [SandboxPoint]
  /// The number of its first point; the others follow.
  let firstPointID: Int64
  /// Way and moving time in metres and milliseconds up to each point, from the first one on.
  private let totals: [(distance: Double, moving: Int64)]

  init(id: Int64, vehicle: Int, points: [SandboxPoint], firstPointID: Int64) {
    self.id = id
    self.vehicle = vehicle
    self.points = points.enumerated()
      .sorted { ($0.element.uploaded, $0.offset) < ($1.element.uploaded, $1.offset) }.map(\.element)
    self.firstPointID = firstPointID
    var total = (distance: 0.0, moving: Int64(0))
    var last: SandboxPoint?
    var totals: [(distance: Double, moving: Int64)] = []
    for point in self.points {
      if let last, point.time > last.time {
        let step = Geodesic.step(
          from: Coordinate(latitude: last.latitude, longitude: last.longitude),
          to: Coordinate(latitude: point.latitude, longitude: point.longitude))
        total.distance += step
        if step / (Double(point.time - last.time) / 1000) > 1 { total.moving += point.time - last.time }
      }
      if last.map({ point.time > $0.time }) ?? true { last = point }
      totals.append(total)
    }
    self.totals = totals
  }

  /// How many points the server has at a moment.
  func count(at moment: Int64) -> Int { points.countOfFirst { $0.uploaded <= moment } }

  /// What the server says of the track, of its first points.
  func summary(of count: Int) -> (start: Int64, end: Int64, distance: Double, moving: Int64) {
    let times = points[..<count].lazy.map(\.time)
    return (times.min() ?? 0, times.max() ?? 0, totals[count - 1].distance, totals[count - 1].moving)
  }
}
