import Foundation
import Testing
import TriplineTesting

/// `tripline tracks summary` against sums of WGS 84 geodesics made with PROJ.
@Suite struct SummaryTests {
  struct Reference: Decodable {
    struct Track: Decodable {
      var points: Int
      var lengthGeodesicM: Double
      var longestStepM: Double
      var bbox: [Double]
      var start: String
      var end: String
      var repeatedTimes: Int
    }
    var tracks: [String: Track]
  }

  struct Summary: Decodable {
    var trackId: String
    var points: Int
    var rawPathM: Double
    var longestStepM: Double
    var bbox: [Double]
    var start: String
    var end: String
    var repeatedTimes: Int
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: ["bus_dc_wmata_sparse", "car_us_driveplotr_thinned_60s", "fleet_jerseycity_trucks_1min"])
  func `the summary of each track agrees with the reference`(file: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let json = try Data(contentsOf: URL(fileURLWithPath: SharedData.path("reference/summary_\(file).json")))
    let reference = try decoder.decode(Reference.self, from: json).tracks
    let run = try Command(["tracks", "summary", "-o", "ndjson", SharedData.path("tracks/\(file).csv.gz")])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.lines.count == reference.count)
    for line in run.lines {
      let summary = try decoder.decode(Summary.self, from: Data(line.utf8))
      let expected = try #require(reference[summary.trackId])
      #expect(summary.points == expected.points, "\(summary.trackId)")
      // Both are rounded to a tenth of a millimetre.
      #expect(abs(summary.rawPathM - expected.lengthGeodesicM) <= 1e-7 * expected.lengthGeodesicM + 2e-4)
      #expect(abs(summary.longestStepM - expected.longestStepM) <= 1e-7 * expected.longestStepM + 2e-4)
      #expect(summary.bbox == expected.bbox, "\(summary.trackId)")
      #expect(summary.start == expected.start && summary.end == expected.end, "\(summary.trackId)")
      #expect(summary.repeatedTimes == expected.repeatedTimes, "\(summary.trackId)")
    }
  }
}
