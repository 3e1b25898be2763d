import Testing
import TriplineCore
import TriplineTesting

/// Distances against Karney's GeodTest and against GeographicLib.
@Suite(.enabled(if: SharedData.isPresent)) struct GeodesicTests {
  @Test func `a hundred cases of GeodTest come out to 20 nanometres`() throws {
    let rows = try ReferenceTable.rows("reference/geodesic_geodtest_100.csv.gz")
    #expect(rows.count == 100)
    for row in rows {
      let (a, b) = ends(row)
      let (length, azimuth1, azimuth2) = Geodesic.inverse(from: a, to: b)
      #expect(abs(length - row.number("s12_m")) <= 2e-8, "\(row)")
      // An azimuth means little between points that nearly coincide or are nearly antipodal.
      if row.number("s12_m") > 1, row.number("a12_deg") < 179.5 {
        #expect(abs(azimuth1 - row.number("azi1")) < 1e-9, "\(row)")
        #expect(abs(azimuth2 - row.number("azi2")) < 1e-9, "\(row)")
      }
      let end = Geodesic.destination(from: a, azimuth: row.number("azi1"), distance: row.number("s12_m"))
      #expect(Geodesic.length(from: end, to: b) < 2e-8, "\(row)")
    }
  }

  @Test func `1,711 computed cases come out, steps by the local metric to 1e-7`() throws {
    let rows = try ReferenceTable.rows("reference/geodesic_computed_wgs84.csv.gz")
    #expect(rows.count == 1711)
    for row in rows {
      let (a, b) = ends(row)
      let expected = row.number("s12_m")
      #expect(abs(Geodesic.length(from: a, to: b) - expected) <= 2e-8, "\(row)")
      #expect(abs(Geodesic.step(from: a, to: b) - expected) <= 1e-7 * expected + 2e-8, "\(row)")
      #expect(abs(Geodesic.step(from: b, to: a) - expected) <= 1e-7 * expected + 2e-8, "\(row)")
    }
  }

  private func ends(_ row: [String: String]) -> (Coordinate, Coordinate) {
    (
      Coordinate(latitude: row.number("lat1"), longitude: row.number("lon1")),
      Coordinate(latitude: row.number("lat2"), longitude: row.number("lon2"))
    )
  }
}
