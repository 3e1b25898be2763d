import Foundation
import Testing
import TriplineCore
import TriplineTesting

/// Projections against PROJ's own test cases and against coordinates computed with pyproj.
@Suite(.enabled(if: SharedData.isPresent)) struct ProjectionTests {
  struct Cases: Decodable {
    struct Case: Decodable {
      var operation: String
      var direction: String
      var accept: [Double]
      var expect: [Double]
      var tolerance: String
    }
    var cases: [Case]
  }

  @Test func `331 cases of PROJ's own tests are within their tolerances`() throws {
    let cases = try ReferenceTable.json(Cases.self, "reference/proj_gie_cases.json.gz").cases
    #expect(cases.count == 331)
    for one in cases {
      let projection = try Projection(operation: one.operation)
      var points = [
        Projection.Point(x: one.accept[0], y: one.accept[1], z: one.accept.count > 2 ? one.accept[2] : 0)
      ]
      let isForward = one.direction == "forward"
      try projection.transform(&points, direction: isForward ? .forward : .inverse)
      let tolerance = try meters(one.tolerance)
      var error: Double
      if isForward {
        error = hypot(points[0].x - one.expect[0], points[0].y - one.expect[1])
        if one.expect.count > 2 { error = hypot(error, points[0].z - one.expect[2]) }
      } else {
        // Degrees: the distance on the ellipsoid, as gie measures it.
        error = Geodesic.length(
          from: Coordinate(latitude: points[0].y, longitude: points[0].x),
          to: Coordinate(latitude: one.expect[1], longitude: one.expect[0]))
      }
      // Values are given to fewer digits than some tolerances; a nanometre is the least that can be told.
      #expect(error <= max(tolerance, 1e-9), "\(one)")
    }
  }

  @Test func `1,400 points come out as pyproj has them, in batches`() throws {
    let rows = try ReferenceTable.rows("reference/projections_computed.csv.gz")
    #expect(rows.count == 1400)
    for (crs, group) in Dictionary(grouping: rows, by: { $0["crs"] ?? "" }) {
      let projection = try Projection(from: "EPSG:4326", to: crs)
      var points = group.map { Projection.Point(x: $0.number("lon"), y: $0.number("lat")) }
      try projection.transform(&points)
      for (point, row) in zip(points, group) {
        #expect(hypot(point.x - row.number("x_m"), point.y - row.number("y_m")) < 2e-6, "\(row)")
      }
      try projection.transform(&points, direction: .inverse)
      for (point, row) in zip(points, group) {
        #expect(abs(point.x - row.number("lon")) < 1e-8 && abs(point.y - row.number("lat")) < 1e-8, "\(row)")
      }
    }
  }

  private func meters(_ text: String) throws -> Double {
    let number = text.prefix { $0.isNumber || "e-.+".contains($0) }
    let unit = text.dropFirst(number.count).trimmingCharacters(in: .whitespaces)
    let factor = try #require(["nm": 1e-9, "mm": 1e-3, "cm": 1e-2, "m": 1, "": 1][unit])
    return try #require(Double(number)) * factor
  }
}
