/// A stop whose end is not final: the vehicle is there, or has just left and might be back before a trip comes of it.
struct OpenStop: Sendable, BitwiseCopyable {
  var start: Int64
  var end: Int64
  /// How long after `start` the vehicle may have arrived, in milliseconds.
  var arrivalUncertainty: UInt32 = 0
  /// How long before `end` the vehicle may have left, in milliseconds.
  var departureUncertainty: UInt32 = 0
  /// The place, as first found.
  var place = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  /// Sum of the squared distances of the fixes from the place, in square metres.
  var squares: Float = 0
  var fixes: UInt32 = 0
  var shuffles: UInt32 = 0
  var kind: Stop.Kind

  init(kind: Stop.Kind, start: Int64, end: Int64) {
    self.kind = kind
    self.start = start
    self.end = end
  }

  /// A length of time as it is stored: 49 days stand for all that is longer.
  static func uncertainty(_ time: Int64) -> UInt32 { UInt32(clamping: time) }

  /// Takes in the fixes at one place of the stop; the first of them gives the stop its place.
  mutating func include(_ anchor: Anchor) {
    let center = anchor.place
    if fixes == 0 {
      place = CompactCoordinate(center)
    } else {
      let away = Float(Geodesic.step(from: place.coordinate, to: center))
      squares += away * away * Float(anchor.count)
    }
    squares += anchor.squares
    fixes &+= anchor.count
  }

  func stop(of vehicle: UInt32) -> Stop {
    Stop(
      kind: kind, vehicle: vehicle, fixes: fixes, shuffles: shuffles, start: start, end: end,
      arrivalUncertainty: Int64(arrivalUncertainty), departureUncertainty: Int64(departureUncertainty),
      coordinate: place.coordinate, radius: fixes > 0 ? Double((squares / Float(fixes)).squareRoot()) : 0)
  }
}

extension OpenStop {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&kind)
    try coder.code(&start)
    try coder.code(&end)
    try coder.code(&arrivalUncertainty)
    try coder.code(&departureUncertainty)
    try place.code(&coder)
    try coder.code(&squares)
    try coder.code(&fixes)
    try coder.code(&shuffles)
  }
}
