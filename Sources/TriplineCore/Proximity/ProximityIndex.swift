/// Which vehicles have ways near a way: squares of a few kilometres, and who has been in them.
struct ProximityIndex {
  /// A way through more squares than this is everywhere.
  private static let mostSquares = 256

  /// The height and the width of a square in degrees: a whole part of a turn.
  private let size: Double
  private let columns: Int
  private let reach: Double
  /// For each square how many ways of each vehicle lie in it.
  private var squares: [Square: [UInt32: Int]] = [:]
  private var everywhere: [UInt32: Int] = [:]

  private struct Square: Hashable {
    var column: Int32
    var row: Int32
  }

  init(reach: Double) {
    self.reach = reach
    columns = Int(360 / max(0.02, reach / 111_000 * 2))
    size = 360 / Double(columns)
  }

  /// The squares within a distance of a way; `nil` for one that is everywhere.
  private func squares(of way: Travel, within distance: Double) -> [Square]? {
    let low = min(way.start.latitude, way.end.latitude)
    let high = max(way.start.latitude, way.end.latitude)
    let steepest = min(89, max(abs(low), abs(high)) + distance / 111_000)
    let metric = LocalMetric(latitude: steepest)
    let east = wrappedLongitude(way.end.longitude - way.start.longitude)
    let west = way.start.longitude + min(0, east) - distance / metric.metersPerDegreeLongitude
    let width = abs(east) + 2 * distance / metric.metersPerDegreeLongitude
    let margin = distance / 110_000
    let rows = Int(((low - margin) / size).rounded(.down))...Int(((high + margin) / size).rounded(.down))
    guard width < 180 else { return nil }
    let range = Int((west / size).rounded(.down))...Int(((west + width) / size).rounded(.down))
    guard range.count * rows.count <= Self.mostSquares else { return nil }
    var result: [Square] = []
    for row in rows {
      for column in range {
        let wrapped = column % columns
        result.append(Square(column: Int32(wrapped < 0 ? wrapped + columns : wrapped), row: Int32(row)))
      }
    }
    return result
  }

  mutating func insert(_ way: Travel) { count(way, 1) }
  mutating func remove(_ way: Travel) { count(way, -1) }

  private mutating func count(_ way: Travel, _ change: Int) {
    func add(to counts: inout [UInt32: Int]) {
      let sum = counts[way.vehicle, default: 0] + change
      counts[way.vehicle] = sum == 0 ? nil : sum
    }
    guard let squares = squares(of: way, within: 0) else {
      add(to: &everywhere)
      return
    }
    for square in squares {
      add(to: &self.squares[square, default: [:]])
      if self.squares[square]?.isEmpty == true { self.squares[square] = nil }
    }
  }

  /// The vehicles that have ways in squares within reach of a way.
  func vehicles(near way: Travel) -> Set<UInt32> {
    guard let near = squares(of: way, within: reach) else {
      return squares.values.reduce(into: Set(everywhere.keys)) { $0.formUnion($1.keys) }
    }
    return near.reduce(into: Set(everywhere.keys)) { $0.formUnion(squares[$1]?.keys ?? [:].keys) }
  }
}
