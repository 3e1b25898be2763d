import Testing
import TriplineCore
import TriplineTesting

/// The point-in-polygon cases of the JTS suite, with holes that touch, islands and corners on rays.
@Suite(.enabled(if: SharedData.isPresent)) struct PointInPolygonTests {
  struct Cases: Decodable {
    struct Case: Decodable {
      var desc: String
      var polygon: String
      var point: [Double]
      var geos: String
    }
    var cases: [Case]
  }

  /// The cases are in plain coordinates up to 360: a sixteenth of them, which is exact, fits on the Earth.
  private static let scale = 1.0 / 16

  @Test func `C33 44 cases have the location JTS expects`() throws {
    let cases = try ReferenceTable.json(Cases.self, "fences/jts_point_in_polygon_cases.json").cases
    #expect(cases.count == 44)
    for one in cases {
      let set = try FenceSet([Fence(id: one.desc, shape: .polygons(polygons(one.polygon)))])
      let point = Coordinate(latitude: one.point[1] * Self.scale, longitude: one.point[0] * Self.scale)
      #expect("\(set.location(of: point, in: 0))" == one.geos, "\(one)")
      #expect(set.fences(containing: point) == (one.geos == "exterior" ? [] : [0]), "\(one)")
    }
  }

  /// Enough WKT for these cases: every innermost pair of parentheses is a ring, a polygon ends where two close.
  private func polygons(_ text: String) -> [Polygon] {
    var polygons: [Polygon] = []
    var rings: [Ring] = []
    var depth = 0
    var current = ""
    let ringDepth = text.hasPrefix("MULTI") ? 3 : 2
    for character in text {
      switch character {
      case "(":
        depth += 1
        current = ""
      case ")":
        if depth == ringDepth { rings.append(ring(current)) }
        if depth == ringDepth - 1, let first = rings.first {
          polygons.append(Polygon(exterior: first, holes: Array(rings.dropFirst())))
          rings = []
        }
        depth -= 1
      default: current.append(character)
      }
    }
    return polygons
  }

  private func ring(_ text: String) -> Ring {
    Ring(
      text.split(separator: ",").map { pair in
        let numbers = pair.split(separator: " ").compactMap { Double($0) }
        return Coordinate(latitude: numbers[1] * Self.scale, longitude: numbers[0] * Self.scale)
      })
  }
}
