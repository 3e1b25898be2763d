/// Leaves out fixes of a track that are not needed to draw it, within an error in metres.
///
/// Fixes are kept or left out by their place in the track, never found again by their coordinates: a place that is visited
/// twice stays two.
public enum TrackSimplifier {
  /// What the error of a fix that is left out is.
  public enum Measure: Sendable, Hashable, CaseIterable {
    /// Its distance from the line between the fixes kept around it (Douglas and Peucker, The Canadian Cartographer 10,
    /// 1973).
    case line
    /// Its distance from where a vehicle would be at its time, on that line at a constant speed: the synchronized
    /// Euclidean distance (Meratnia and de By, EDBT 2004). Keeps stops and changes of speed.
    case time
  }

  /// The indices of the fixes to keep, in ascending order, the first and the last among them.
  ///
  /// Distances are measured in the plane that touches the ellipsoid between two fixes that are kept (`LocalMetric`), which
  /// is good to a thousandth for pieces of up to a hundred kilometres.
  /// - Parameters:
  ///   - fixes: one track in the order of time.
  ///   - tolerance: the largest error in metres.
  ///   - measure: what the error is.
  /// - Precondition: `tolerance` is 0 or more.
  /// - Complexity: O(*n* log *n*) for most tracks, O(*n²*) for the worst.
  public static func keptIndices(
    of fixes: Span<Fix>, tolerance: Double, by measure: Measure = .line
  ) -> [Int] {
    precondition(tolerance >= 0, "a tolerance is 0 or more")
    guard fixes.count > 2 else { return Array(0..<fixes.count) }
    var isKept = [Bool](repeating: false, count: fixes.count)
    isKept[0] = true
    isKept[fixes.count - 1] = true
    var waiting = [(first: 0, last: fixes.count - 1)]
    while let piece = waiting.popLast() {
      guard piece.last - piece.first > 1 else { continue }
      let (index, squared) = farthest(fixes, piece.first, piece.last, by: measure)
      guard squared > tolerance * tolerance else { continue }
      isKept[index] = true
      waiting.append((piece.first, index))
      waiting.append((index, piece.last))
    }
    return isKept.indices.filter { isKept[$0] }
  }

  /// The fix between two others that is farthest from where the measure has it on the line between them.
  private static func farthest(
    _ fixes: Span<Fix>, _ first: Int, _ last: Int, by measure: Measure
  ) -> (index: Int, squared: Double) {
    let frame = Frame(fixes[first], fixes[last])
    let start = fixes[first].time
    let extent = measure == .line ? frame.x * frame.x + frame.y * frame.y : Double(fixes[last].time - start)
    let inverse = extent > 0 ? 1 / extent : 0
    var best = (index: first + 1, squared: -1.0)
    for index in first + 1..<last {
      let (x, y) = frame.offset(of: fixes[index])
      let along =
        measure == .line
        ? max(0, min(1, (x * frame.x + y * frame.y) * inverse)) : Double(fixes[index].time - start) * inverse
      let (dx, dy) = (x - along * frame.x, y - along * frame.y)
      let squared = dx * dx + dy * dy
      if squared > best.squared { best = (index, squared) }
    }
    return best
  }

  /// The plane between two fixes, with the first one at its origin.
  struct Frame {
    private let origin: Coordinate
    private let metric: LocalMetric
    /// Where the second one is, in metres east and north.
    private(set) var x = 0.0
    private(set) var y = 0.0

    init(_ first: Fix, _ last: Fix) {
      origin = first.coordinate
      metric = LocalMetric(latitude: (first.latitude + last.latitude) / 2)
      (x, y) = offset(of: last)
    }

    @inline(__always)
    func offset(of fix: Fix) -> (x: Double, y: Double) {
      (
        wrappedLongitude(fix.longitude - origin.longitude) * metric.metersPerDegreeLongitude,
        (fix.latitude - origin.latitude) * metric.metersPerDegreeLatitude
      )
    }
  }
}
