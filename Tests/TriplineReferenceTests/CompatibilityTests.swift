import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

/// The profiles, on the tracks and beside the systems that they were made for.
@Suite(.enabled(if: SharedData.isPresent)) struct CompatibilityTests {
  /// The numbers of events and their FNV-1a hashes are those of Traccar's own `NewMotionProcessor` (commit 9e5c458, 200 m,
  /// 180 s, 3,600 s) on the same fixes, of several at one time the one that the gate keeps. A line an event,
  /// `track,moving,time` or `track,stopped,time`, tracks counted from 0. Left out are two movements that begin with the
  /// last fix of their track (trucks of Jersey City), which are no trips here.
  @Test(arguments: [
    ("car_world_kubicka_1hz", 374, 0x2622_b6f6_a195_5d16 as UInt64),
    ("fleet_jerseycity_trucks_1min", 524, 0xfd49_3802_56ed_4555), ("bus_dc_wmata_sparse", 446, 0xd495_978a_9aa6_5cd5),
    ("phone_sfbay_mobilitynet", 1709, 0x3c8f_d45f_b0e6_7d26), ("phone_emission_examples", 337, 0x117_6322_3550_9b351),
    ("car_us_driveplotr_1hz", 33, 0xafca_e788_094a_bcaf), ("phone_aracaju_gotrack_urban", 200, 0x5418_586b_e4ab_713b),
    ("phone_staga_example_10s", 28, 0x7d_1235_8d4e_c35cb), ("car_curitiba_ndsbr_1hz", 18, 0xb352_269d_5e8d_7d11),
    ("seal_alaska_noaa_highlat", 1603, 0xe113_f1e3_3c00_61c5),
  ])
  func `the profile traccar has the events of Traccar, all of them`(name: String, count: Int, hash: UInt64) throws {
    let recorded = try RecordedTracks(name)
    var events = 0
    var own: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ line: String) {
      events += 1
      for byte in line.utf8 { own = (own ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    for track in 0..<UInt32(recorded.tracks.count) {
      for trip in try TrackOutcome(of: recorded[track], Engine.Configuration(.traccar)).trips {
        add("\(track),moving,\(trip.start)\n")
        if !trip.isOpenEnded { add("\(track),stopped,\(trip.end)\n") }
      }
    }
    print("profile traccar, \(name): \(events) events, Traccar \(count)")
    #expect(events == count && own == hash, "\(events) events")
  }

  /// The share of the time at stops by either that is at stops by both.
  @Test(arguments: [
    ("car_us_driveplotr_1hz", "stops_driveplotr", 0.95, 0.99), ("bus_dc_wmata_sparse", "stops_wmata", 0.88, 0.94),
    ("phone_aracaju_gotrack_urban", "stops_gotrack", 0.89, 0.86),
    ("phone_sfbay_mobilitynet", "stops_mobilitynet", 0.99, 0.99),
    ("fleet_jerseycity_trucks_1min", "stops_jerseycity", 0.99, 0.99),
  ])
  func `the profile movingpandas is at rest when MovingPandas is`(
    name: String, reference: String, least: Double, leastOfSmaller: Double
  ) throws {
    let recorded = try RecordedTracks(name)
    let file = try ReferenceTable.json(StopsFile.self, "reference/\(reference).json.gz")
    let runs = file.runs.filter { $0.library == "movingpandas" }
    // 100 m and 120 s, 50 m and 300 s.
    var shares: [Double] = []
    for (run, (radius, seconds)) in zip(runs, [(70.0, 120), (35, 300)] as [(Double, Int64)]) {
      var configuration = Engine.Configuration(.movingpandas)
      (configuration.trips.stopRadius, configuration.trips.largestStopRadius) = (radius, radius)
      configuration.trips.silentStopDistance = radius / 0.7
      configuration.trips.stopDuration = seconds * 1000
      var (both, own, theirs): (Int64, Int64, Int64) = (0, 0, 0)
      for track in 0..<UInt32(recorded.tracks.count) {
        let stops = try TrackOutcome(of: recorded[track], configuration).stops
        let others = try run.stops(of: recorded.tracks[track].trackID)
        own += stops.reduce(0) { $0 + $1.duration }
        theirs += others.reduce(0) { $0 + $1.1 - $1.0 }
        for stop in stops {
          for other in others { both += max(0, min(stop.end, other.1) - max(stop.start, other.0)) }
        }
      }
      shares.append(Double(both) / Double(own + theirs - both))
    }
    print(
      "profile movingpandas, \(name): \(shares.map { String(format: "%.3f", $0) }) of the time at stops is that of both"
    )
    #expect(shares.count == 2 && shares[0] >= least && shares[1] >= leastOfSmaller)
  }

  @Test(arguments: [(Engine.Profile.phone, 70, 0.80), (.fleet, 53, 0.63)])
  func `trips of e-mission's phones are found`(profile: Engine.Profile, leastHits: Int, least: Double) throws {
    let recorded = try RecordedTracks("phone_emission_examples")
    let kept = try column("x_kept_by_phone", of: "phone_emission_examples")
    let rows = try ReferenceTable.rows("reference/emission_trips.csv")
    let days = try ReferenceTable.json(EmissionFile.self, "reference/emission_tracks.json")
    var (hits, found) = (0, 0)
    for track in 0..<UInt32(recorded.tracks.count) {
      let id = recorded.tracks[track].trackID
      let day = try #require(days.tracks[id]?.day)
      // The trips were found in the fixes that the app kept, on one local day.
      let fixes = zip(recorded.fixes, kept).filter { $0.0.vehicle == track && $0.1 == "1" }.map(\.0)
      var trips = try TrackOutcome(of: fixes, Engine.Configuration(profile)).trips.filter { day.contains($0.start) }
      found += trips.count
      for row in rows where row["track_id"] == id {
        let (start, end) = (try milliseconds(row["start"]), try milliseconds(row["end"]))
        let match = trips.firstIndex {
          2 * max(0, min($0.end, end) - max($0.start, start)) >= max($0.end, end) - min($0.start, start)
        }
        guard let match else { continue }
        trips.remove(at: match)
        hits += 1
      }
    }
    let f1 = 2 * Double(hits) / Double(found + rows.count)
    print("profile \(profile), e-mission: \(hits) of \(rows.count) trips, \(found) found, F1 \(f1)")
    #expect(rows.count == 94 && hits >= leastHits && f1 >= least)
  }

  @Test(arguments: [(Engine.Profile.fleet, 0.795), (.phone, 0.83), (.delivery, 0.884)])
  func `fixes of the diary of STAGA are at rest and on the way as it says`(
    profile: Engine.Profile, least: Double
  ) throws {
    let recorded = try RecordedTracks("phone_staga_example_10s")
    let labels = try column("x_label", of: "phone_staga_example_10s")
    let stops = try TrackOutcome(of: recorded.fixes, Engine.Configuration(profile)).stops
    var right = ["stop": 0, "trip": 0]
    for (fix, label) in zip(recorded.fixes, labels) {
      let isAtRest = stops.contains { $0.start <= fix.time && fix.time <= $0.end }
      if isAtRest == (label == "stop") { right[label, default: 0] += 1 }
    }
    let accuracy = (Double(right["stop"] ?? 0) / 419 + Double(right["trip"] ?? 0) / 278) / 2
    print("profile \(profile), STAGA: balanced accuracy \(accuracy), \(stops.count) stops")
    #expect(labels.count == 697 && accuracy >= least)
  }

  // MARK: References

  private struct StopsFile: Decodable {
    struct Run: Decodable {
      var library: String
      var tracks: [String: [[Value]]]

      func stops(of track: String) throws -> [(Int64, Int64)] {
        try (tracks[track] ?? []).map { stop in
          (try #require(Timestamp.milliseconds(stop[0].text)), try #require(Timestamp.milliseconds(stop[1].text)))
        }
      }
    }

    /// A time or a number of fixes.
    struct Value: Decodable {
      var text: String

      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        text = try (try? value.decode(String.self)) ?? "\(value.decode(Double.self))"
      }
    }

    var runs: [Run]
  }

  private struct EmissionFile: Decodable {
    struct Track: Decodable {
      var localDay: String
      var zone: String

      private enum CodingKeys: String, CodingKey {
        case localDay = "local_day"
        case zone
      }

      /// The local day in milliseconds UTC.
      var day: Range<Int64>? {
        var calendar = Calendar(identifier: .gregorian)
        guard let zone = TimeZone(identifier: zone) else { return nil }
        calendar.timeZone = zone
        let parts = localDay.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3,
          let start = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])),
          let end = calendar.date(byAdding: .day, value: 1, to: start)
        else { return nil }
        return Int64(start.timeIntervalSince1970) * 1000..<Int64(end.timeIntervalSince1970) * 1000
      }
    }

    var tracks: [String: Track]
  }

  /// A column that the reader of tracks leaves out, in the order of the rows.
  private func column(_ name: String, of tracks: String) throws -> [String] {
    try ReferenceTable.rows("tracks/\(tracks).csv.gz").map { try #require($0[name]) }
  }

  private func milliseconds(_ text: String?) throws -> Int64 { try #require(Timestamp.milliseconds(text ?? "")) }
}
