import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite(.enabled(if: SharedData.isPresent)) struct RecordedFencesTests {
  // Features and vertices as counted by the description of the data, which leaves out the closing corners.
  @Test(arguments: [
    ("ne_110m_countries", 177, 10_586), ("us_counties", 3221, 99_369), ("bayarea_cities", 36, 6274),
    ("osm_boston_small_many", 1692, 16_623), ("dc_neighborhoods", 34, 506),
    ("russia_subjects_antimeridian", 83, 93_430),
  ])
  func `every feature of a recorded file is a fence`(name: String, features: Int, vertices: Int) throws {
    let result = try FenceReader().read(InputFile(path: SharedData.path("fences/\(name).geojson.gz")))
    #expect(result.report.rows == features)
    #expect(result.fences.count + result.report.counts[.duplicateID, default: 0] == features)
    #expect(result.report.problemCount == result.report.counts[.duplicateID, default: 0], "\(result.report.problems)")
    let corners = result.fences.reduce(0) { sum, fence in
      guard case .polygons(let polygons) = fence.shape else { return sum }
      return polygons.flatMap(\.rings).reduce(sum) { $0 + $1.coordinates.count }
    }
    #expect(corners == vertices)
  }

  @Test func `points become circles of the default radius`() throws {
    let input = try InputFile(path: SharedData.path("fences/dc_wmata_stops_points.geojson.gz"))
    #expect(try FenceReader(defaultRadius: 50).read(input).fences.count == 347)
    #expect(try FenceReader().read(input).report.counts == [.unsupportedGeometry: 347])
  }
}
