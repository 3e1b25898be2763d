import Glibc

extension FenceSet {
  /// How likely a vehicle is to be inside of a fence, from 0 to 1, when its receiver states a position and an accuracy.
  ///
  /// Errors are taken to be normal and alike in all directions, the accuracy to be the radius within which 68 % of them
  /// lie, as phones state it. The share of 128 places spread so around the position that lie inside: of a fence smaller
  /// than the accuracy no position is likely to be inside, however near its middle.
  /// - Parameters:
  ///   - coordinate: the stated position.
  ///   - accuracy: metres; 0 or less means that the position is exact.
  ///   - fence: the dense index of the fence.
  /// - Complexity: O(edges of the fence near each place), some microseconds.
  public func probability(of coordinate: Coordinate, accuracy: Double, in fence: UInt32) -> Double {
    guard accuracy > 0 else { return location(of: coordinate, in: fence) == .exterior ? 0 : 1 }
    let metric = LocalMetric(latitude: coordinate.latitude)
    // 68 % of the errors lie within √(-2 ln 0.32) standard deviations of one direction.
    let deviation = accuracy / 1.5095921854516636
    let count = 128
    var found = 0
    for index in 0..<count {
      // A sunflower: rings of equal share, turned by the golden angle.
      let share = (Double(index) + 0.5) / Double(count)
      let radius = deviation * (-2 * log(1 - share)).squareRoot()
      let angle = Double(index) * 2.399963229728653
      let place = Coordinate(
        latitude: max(-90, min(90, coordinate.latitude + radius * cos(angle) / metric.metersPerDegreeLatitude)),
        longitude: wrappedLongitude(coordinate.longitude + radius * sin(angle) / metric.metersPerDegreeLongitude))
      if location(of: place, in: fence) != .exterior { found += 1 }
    }
    return Double(found) / Double(count)
  }
}
