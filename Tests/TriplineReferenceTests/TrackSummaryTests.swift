import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

/// Track summaries against sums of WGS 84 geodesics made with PROJ.
@Suite(.enabled(if: SharedData.isPresent)) struct TrackSummaryTests {
  struct Reference: Decodable {
    struct Track: Decodable {
      var points: Int
      var length: Double
      var longestStep: Double
      var bbox: [Double]
      var start: String
      var end: String
      var medianInterval: Double?
      var repeatedTimes: Int

      enum CodingKeys: String, CodingKey {
        case points, bbox, start, end
        case length = "length_geodesic_m"
        case longestStep = "longest_step_m"
        case medianInterval = "median_interval_s"
        case repeatedTimes = "repeated_times"
      }
    }
    var tracks: [String: Track]
  }

  @Test(arguments: [
    "bus_dc_wmata_sparse", "car_munich_barefoot_1hz", "car_us_comma2k19_10hz", "car_us_driveplotr_1hz",
    "car_us_driveplotr_thinned_60s", "car_world_kubicka_1hz", "cyclone_wmo_1980_2004_antimeridian",
    "fleet_jerseycity_trucks_1min", "phone_aracaju_gotrack_urban", "phone_sfbay_mobilitynet",
    "seal_alaska_noaa_highlat",
  ])
  func `lengths agree with the geodesic sums to 1e-7`(file: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: SharedData.path("reference/summary_\(file).json")))
    let reference = try JSONDecoder().decode(Reference.self, from: data).tracks
    let recorded = try RecordedTracks(file)
    var summaries = Array(repeating: TrackSummary(), count: recorded.tracks.count)
    for fix in recorded.fixes { summaries[Int(fix.vehicle)].add(fix) }
    #expect(summaries.count == reference.count)
    for (index, summary) in summaries.enumerated() {
      let id = recorded.tracks[UInt32(index)].trackID
      let expected = try #require(reference[id])
      #expect(summary.points == expected.points, "\(id)")
      // The reference is rounded to a tenth of a millimetre.
      #expect(abs(summary.rawPath - expected.length) <= 1e-7 * expected.length + 1e-4, "\(id)")
      #expect(abs(summary.longestStep - expected.longestStep) <= 1e-7 * expected.longestStep + 1e-4, "\(id)")
      #expect([summary.west, summary.south, summary.east, summary.north] == expected.bbox, "\(id)")
      #expect(summary.repeatedTimes == expected.repeatedTimes, "\(id)")
      // Rounded to the millisecond in the reference.
      #expect(abs((summary.medianInterval ?? 0) - (expected.medianInterval ?? 0)) < 0.000_51, "\(id)")
    }
  }
}
