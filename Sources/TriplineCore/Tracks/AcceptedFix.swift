/// What the engine remembers of the last fix it accepted of a vehicle.
struct AcceptedFix: Sendable, BitwiseCopyable {
  var time: Int64
  var coordinate: Coordinate
  var speedOrNaN: Float
  var sequence: UInt32

  init(_ fix: Fix) {
    time = fix.time
    coordinate = fix.coordinate
    speedOrNaN = fix.speedOrNaN
    sequence = fix.sequence
  }
}
