import TriplineCore

/// A scored trip, or the trips of one vehicle, driver or fleet, as names and values in a fixed order.
struct ScoreRecord {
  var values: [(String, EventValue)]

  /// One trip.
  init(_ trip: Trip, _ score: TripScore, of track: TrackTable.Track) {
    let driving = score.driving
    let isScored = driving.value != nil
    values = [
      ("track_id", .text(track.trackID)), ("vehicle_id", .text(track.vehicleID)),
      ("driver_id", track.driverID.isEmpty ? .missing : .text(track.driverID)),
      ("start", .time(trip.start)), ("end", .time(trip.end)), ("duration_s", .milliseconds(trip.duration)),
      ("distance_m", .measure(trip.distance)), ("gap_distance_m", .measure(trip.gapDistance)),
      ("moving_s", .milliseconds(trip.moving)), ("stationary_s", .milliseconds(trip.stationary)),
      ("idle_s", score.idle.map { .milliseconds($0) } ?? .missing), ("gap_s", .milliseconds(trip.gap)),
      ("average_speed_mps", .measure(trip.averageSpeed)),
      ("average_moving_speed_mps", .measure(trip.averageMovingSpeed)),
      ("percentile95_speed_mps", .measure(trip.percentile95Speed.map { Double($0) })),
      ("maximum_speed_mps", .measure(trip.maximumSpeed.map { Double($0) })),
      ("score", .measure(driving.value)), ("score_low", .measure(driving.low)), ("score_high", .measure(driving.high)),
      ("score_confidence", .measure(isScored ? driving.confidence : nil)),
      ("score_absence", driving.absence.map { .text($0.name) } ?? .missing),
      ("loss_slow", .measure(isScored ? driving.losses.slow : nil)),
      ("loss_medium", .measure(isScored ? driving.losses.medium : nil)),
      ("loss_fast", .measure(isScored ? driving.losses.fast : nil)),
      ("loss_braking", .measure(driving.losses.braking)), ("loss_speeding", .measure(driving.losses.speeding)),
      ("smoothness_index", .measure(driving.index)), ("norm_factor", .measure(driving.normFactor)),
    ]
    add("slow", score.smoothness.slow)
    add("medium", score.smoothness.medium)
    add("fast", score.smoothness.fast)
    values += [
      ("data_quality", .measure(score.quality.value)),
      ("data_grade", .text(score.quality.grade.rawValue.uppercased())),
      ("coverage", .measure(score.quality.coverage)), ("continuity", .measure(score.quality.continuity)),
      ("accuracy", .measure(score.quality.accuracy)), ("accuracy_known", .measure(score.quality.accuracyKnown)),
      ("plausibility", .measure(score.quality.plausibility)), ("order", .measure(score.quality.order)),
      ("end_points", .measure(score.quality.endPoints)), ("agreement", .measure(score.quality.agreement)),
      ("events_absence", score.eventAbsence.map { .text($0.name) } ?? .missing),
      ("events_availability", .measure(score.availability)), ("interval_s", .measure(score.interval)),
    ]
    add("brakes", score.brakes)
    add("accelerations", score.accelerations)
    add("corners", score.corners)
    let hasLimit = score.limited > 0
    values += [
      ("overspeeds", hasLimit ? .count(score.overspeeds) : .missing),
      ("overspeed_s", hasLimit ? .milliseconds(score.overspeed) : .missing),
      ("overspeed_share", .measure(score.overspeedShare)),
      ("night_s", score.night.map { .milliseconds($0) } ?? .missing),
      ("first_row", .count(score.firstSequence)), ("last_row", .count(score.lastSequence)),
    ]
  }

  /// The trips of one vehicle, driver or fleet.
  init(_ summary: ScoreSummary, key: String, id: String) {
    values = [
      (key, id.isEmpty ? .missing : .text(id)), ("trips", .count(UInt32(summary.trips))),
      ("scored_trips", .count(UInt32(summary.scoredTrips))),
      ("distance_m", .measure(summary.distance)), ("moving_s", .milliseconds(summary.moving)),
      ("score", .measure(summary.score)), ("samsara_classic", .measure(summary.samsaraClassic)),
      ("data_quality", .measure(summary.quality)),
    ]
    for (name, kind) in [("brakes", HarshEvent.Kind.brake), ("accelerations", .accelerate), ("corners", .corner)] {
      values.append(("harsh_\(name)_per_100km", .measure(summary.rate(of: kind, from: .harsh))))
      values.append(("severe_\(name)_per_100km", .measure(summary.rate(of: kind, from: .severe))))
    }
    let hasLimit = summary.limited > 0
    values += [
      ("overspeeds", hasLimit ? .count(UInt32(summary.overspeeds)) : .missing),
      ("overspeed_share", .measure(summary.overspeedShare)),
      ("idle_s", summary.idle.map { .milliseconds($0) } ?? .missing),
      ("night_s", summary.night.map { .milliseconds($0) } ?? .missing),
    ]
  }

  private mutating func add(_ range: String, _ smoothness: Smoothness) {
    values += [
      ("distance_\(range)_m", .measure(Double(smoothness.distance))),
      ("rpa_\(range)_mps2", .measure(smoothness.relativePositiveAcceleration)),
      ("rna_\(range)_mps2", .measure(smoothness.relativeNegativeAcceleration)),
    ]
  }

  private mutating func add(_ name: String, _ counts: TripScore.Counts?) {
    values += [
      ("\(name)_noticeable", counts.map { .count($0.noticeable) } ?? .missing),
      ("\(name)_harsh", counts.map { .count($0.harsh) } ?? .missing),
      ("\(name)_severe", counts.map { .count($0.severe) } ?? .missing),
    ]
  }
}

extension TripScore.EventAbsence {
  /// The name in snake case.
  fileprivate var name: String {
    switch self {
    case .noSpeed: "no_speed"
    case .sampling: "sampling"
    }
  }
}
