/// Where a position is with respect to the line of a corridor.
public struct CorridorPosition: Sendable, Equatable {
  /// Metres along the line, from where it begins to the place nearest to the position.
  public var distanceAlong: Double
  /// Metres from the line: how far off the route the position is.
  public var distance: Double
  /// Whether the position is to the left of the line, seen from its beginning.
  public var isLeft: Bool
  /// The direction of the line there, in degrees clockwise from north.
  public var bearing: Double
}

extension FenceSet {
  /// Where a position is with respect to the line of a corridor, inside of it or not; `nil` for other fences.
  ///
  /// Where the line passes a place twice, the first time counts. Distances are right to 0.2 % up to 70 degrees of
  /// latitude and as far from the line as a plane fits the Earth, some tens of kilometres.
  /// - Complexity: O(*n*) in the points of the corridor.
  public func corridorPosition(of coordinate: Coordinate, in fence: UInt32) -> CorridorPosition? {
    let record = grid.geometry.records[Int(fence)]
    guard record.isCorridor else { return nil }
    var best: (piece: Capsule, fraction: Double, squared: Double, x: Double)?
    for turn in [0.0, 360, -360] {
      let x = coordinate.longitude + turn
      for piece in grid.geometry.pieces(of: Int(fence)) {
        let (fraction, squared) = piece.nearest(x: x, y: coordinate.latitude)
        if squared < best?.squared ?? .infinity { best = (piece, fraction, squared, x) }
      }
    }
    guard let best else { return nil }
    let piece = best.piece
    return CorridorPosition(
      distanceAlong: piece.distanceBefore + best.fraction * piece.length, distance: best.squared.squareRoot(),
      isLeft: piece.isLeft(x: best.x, y: coordinate.latitude), bearing: piece.bearing)
  }

  /// The length of a corridor's line in metres; `nil` for other fences.
  public func corridorLength(of fence: UInt32) -> Double? {
    guard grid.geometry.records[Int(fence)].isCorridor else { return nil }
    return grid.geometry.pieces(of: Int(fence)).last.map { $0.distanceBefore + $0.length }
  }
}
