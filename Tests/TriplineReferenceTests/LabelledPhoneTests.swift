import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

/// Labelled phones of MobilityNet: at rest for hours, and waiting for a bus or a train.
@Suite(.enabled(if: SharedData.isPresent)) struct LabelledPhoneTests {
  @Test(arguments: [Engine.Profile.fleet, .phone])
  func `each of 75 phones at rest is one stop and has not gone a metre`(profile: Engine.Profile) throws {
    let recorded = try RecordedTracks("phone_sfbay_mobilitynet")
    let ids = try rows("mobilitynet_stationary_tracks.csv").map { $0["track_id"] ?? "" }
    #expect(ids.count == 75)
    var stops = 0
    var distance = 0.0
    for id in ids {
      let outcome = try TrackOutcome(of: recorded[try index(of: id, in: recorded)], Engine.Configuration(profile))
      #expect(outcome.stops.count == 1 && outcome.trips.isEmpty, "\(id)")
      stops += outcome.stops.count
      distance += outcome.distance
    }
    print("stationary phones, \(profile): \(ids.count) tracks, \(stops) stops, \(distance) phantom metres")
    #expect(distance == 0)
  }

  /// A wait is found where a stop overlaps it. Pairs of a wait and a track of the same experiment with at least five
  /// fixes in it.
  @Test(arguments: [(300, 57.0 / 99), (120, 88.0 / 99)])
  func `labelled waits are found`(stopSeconds: Int, leastRecall: Double) throws {
    let recorded = try RecordedTracks("phone_sfbay_mobilitynet")
    let waits = try rows("mobilitynet_legs.csv").filter { $0["type"] == "WAITING" }
    #expect(waits.count == 94)
    var configuration = Engine.Configuration()
    configuration.trips.stopDuration = Int64(stopSeconds) * 1000
    var pairs = 0
    var found = 0
    for track in 0..<UInt32(recorded.tracks.count) {
      let experiment = recorded.tracks[track].trackID.prefix { $0 != ":" }
      let fixes = recorded[track]
      var outcome: TrackOutcome?
      for wait in waits where wait["experiment"] ?? "" == experiment {
        let start = try milliseconds(wait["start"])
        let end = try milliseconds(wait["end"])
        guard fixes.count(where: { start <= $0.time && $0.time <= end }) >= 5 else { continue }
        pairs += 1
        let result = try outcome ?? TrackOutcome(of: fixes, configuration)
        outcome = result
        if result.stops.contains(where: { $0.start < end && $0.end > start }) { found += 1 }
      }
    }
    print("labelled waits with stops of \(stopSeconds) s: \(found) of \(pairs) found")
    #expect(pairs == 99)
    #expect(Double(found) / Double(pairs) >= leastRecall)
  }

  private func rows(_ file: String) throws -> [[String: String]] { try ReferenceTable.rows("reference/\(file)") }

  private func index(of id: String, in recorded: RecordedTracks) throws -> UInt32 {
    try #require((0..<UInt32(recorded.tracks.count)).first { recorded.tracks[$0].trackID == id })
  }

  private func milliseconds(_ text: String?) throws -> Int64 { try #require(Timestamp.milliseconds(text ?? "")) }
}

/// The stops and trips of one track by the engine.
struct TrackOutcome {
  var stops: [Stop] = []
  var trips: [Trip] = []
  var counts = GateCounts()
  var distance: Double { trips.reduce(0) { $0 + $1.distance + $1.gapDistance } }

  init(of fixes: [Fix], _ configuration: Engine.Configuration = Engine.Configuration()) throws {
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    counts = engine.finishedCounts
    for event in events.events {
      switch event {
      case .stop(let step) where step.phase == .ended && step.stop.kind != .pause: stops.append(step.stop)
      case .trip(let trip): trips.append(trip)
      default: break
      }
    }
  }
}
