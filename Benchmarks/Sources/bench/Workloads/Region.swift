import TriplineCore

/// A square in degrees.
struct Region {
  var south: Double
  var west: Double
  var side: Double

  var middle: Coordinate { Coordinate(latitude: south + side / 2, longitude: west + side / 2) }

  func contains(_ place: Coordinate) -> Bool {
    place.latitude >= south && place.latitude < south + side && place.longitude >= west
      && place.longitude < west + side
  }

  func randomPlace(_ generator: inout SeededGenerator) -> Coordinate {
    Coordinate(
      latitude: generator.number(south, south + side), longitude: generator.number(west, west + side))
  }
}
