import Foundation
import Testing
import TriplineTesting

/// Fence events of recorded tracks and real fences against those that GEOS gives point by point.
@Suite(.enabled(if: SharedData.isPresent)) struct ReplayReferenceTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var tracks: String
    var fences: String
    var options: [String] = []
    var reference: String
    var testDescription: String { reference }
  }

  static let cases = [
    Case(
      tracks: "cyclone_wmo_1980_2004_antimeridian", fences: "ne_50m_countries", options: ["--fence-id", "adm0_a3"],
      reference: "cyclone_ne_50m_countries"),
    Case(tracks: "car_us_driveplotr_1hz", fences: "made_around_driveplotr", reference: "driveplotr_made_around"),
    Case(tracks: "car_us_driveplotr_1hz", fences: "us_counties", reference: "driveplotr_us_counties"),
    Case(
      tracks: "fleet_jerseycity_trucks_1min", fences: "made_around_jerseycity_circle_centres",
      options: ["--radius", "150"], reference: "jerseycity_circles_150m"),
    Case(tracks: "fleet_jerseycity_trucks_1min", fences: "made_around_jerseycity", reference: "jerseycity_made_around"),
    Case(tracks: "fleet_jerseycity_trucks_1min", fences: "us_counties", reference: "jerseycity_us_counties"),
    Case(
      tracks: "phone_sfbay_mobilitynet", fences: "bayarea_cities", options: ["--fence-id", "name"],
      reference: "mobilitynet_bayarea_cities"),
    Case(
      tracks: "phone_sfbay_mobilitynet", fences: "sf_neighborhoods", options: ["--fence-id", "name"],
      reference: "mobilitynet_sf_neighborhoods"),
    Case(
      tracks: "bus_dc_wmata_sparse", fences: "dc_neighborhoods", options: ["--fence-id", "name"],
      reference: "wmata_dc_neighborhoods"),
    Case(
      tracks: "bus_dc_wmata_sparse", fences: "dc_wmata_stops_points", options: ["--radius", "50"],
      reference: "wmata_stop_circles_50m"),
  ]

  @Test(arguments: cases)
  func `a recorded replay gives the reference's events without a difference`(_ example: Case) throws {
    let expected = try gzip("-d", SharedData.path("reference/events_\(example.reference).csv.gz"))
    let run = try Command(
      [
        "replay", "--policy", "sampled", "-o", "csv",
        "--fences", SharedData.path("fences/\(example.fences).geojson.gz"),
      ] + example.options + ["--", SharedData.path("tracks/\(example.tracks).csv.gz")])
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.lines.count > 1)
    // Line by line first, for a message that shows the difference.
    #expect(run.text.split(separator: "\n") == String(decoding: expected, as: UTF8.self).split(separator: "\n"))
    #expect(run.output == expected)
  }
}
