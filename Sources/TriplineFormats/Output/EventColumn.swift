/// The values events are written with: keys of JSON objects and columns of the CSV file, in this order.
enum EventColumn: Int, CaseIterable {
  case type, event, kind, trackID, vehicleID, fenceID, time, endTime, duration
  case latitude, longitude, endLatitude, endLongitude
  case interpolated, previousFixTime, fixTime, row
  case insideAtStart, insideAtEnd, arrivalUncertainty, departureUncertainty, radius, fixes, shuffles, pauses, openEnded
  case stops, passThrough
  case distance, gapDistance, dopplerDistance, moving, stationary, stopped, gap
  case averageSpeed, averageMovingSpeed, maximumSpeed, percentile95Speed
  case reason, rule, decidedTime, bySilence, fixesFor, boundaryDistance, accuracyTaken, probability
  case pendingSince, fixesNeeded, durationNeeded, distanceNeeded, progress, basis, statedAccuracy, originFenceID
  case level, peakAcceleration, change, speedBefore, peakSpeed, speedLimit, lastRow
  case score, scoreLow, scoreHigh, confidence, quality
  /// Only where late fixes revise what was told.
  case revision

  /// The name, in snake case, with the unit where it has one.
  var name: String {
    switch self {
    case .type: "type"
    case .event: "event"
    case .kind: "kind"
    case .reason: "reason"
    case .rule: "rule"
    case .trackID: "track_id"
    case .vehicleID: "vehicle_id"
    case .fenceID: "fence_id"
    case .time: "time"
    case .endTime: "end_time"
    case .duration: "duration_s"
    case .latitude: "latitude"
    case .longitude: "longitude"
    case .endLatitude: "end_latitude"
    case .endLongitude: "end_longitude"
    case .interpolated: "interpolated"
    case .previousFixTime: "previous_fix_time"
    case .fixTime: "fix_time"
    case .row: "row"
    case .decidedTime: "decided_time"
    case .bySilence: "by_silence"
    case .fixesFor: "fixes_for"
    case .boundaryDistance: "boundary_distance_m"
    case .accuracyTaken: "accuracy_taken_m"
    case .probability: "probability"
    case .pendingSince: "pending_since"
    case .fixesNeeded: "fixes_needed"
    case .durationNeeded: "duration_needed_s"
    case .distanceNeeded: "distance_needed_m"
    case .progress: "progress_m"
    case .basis: "basis"
    case .statedAccuracy: "stated_accuracy_m"
    case .originFenceID: "origin_fence_id"
    case .level: "level"
    case .peakAcceleration: "peak_acceleration_mps2"
    case .change: "change"
    case .speedBefore: "speed_before_mps"
    case .peakSpeed: "peak_speed_mps"
    case .speedLimit: "speed_limit_mps"
    case .lastRow: "last_row"
    case .score: "score"
    case .scoreLow: "score_low"
    case .scoreHigh: "score_high"
    case .confidence: "score_confidence"
    case .quality: "data_quality"
    case .revision: "revision"
    case .insideAtStart: "inside_at_start"
    case .insideAtEnd: "inside_at_end"
    case .arrivalUncertainty: "arrival_uncertainty_s"
    case .departureUncertainty: "departure_uncertainty_s"
    case .radius: "radius_m"
    case .fixes: "fixes"
    case .shuffles: "shuffles"
    case .pauses: "pauses"
    case .openEnded: "open_ended"
    case .stops: "stops"
    case .passThrough: "pass_through"
    case .distance: "distance_m"
    case .gapDistance: "gap_distance_m"
    case .dopplerDistance: "doppler_distance_m"
    case .moving: "moving_s"
    case .stationary: "stationary_s"
    case .stopped: "stopped_s"
    case .gap: "gap_s"
    case .averageSpeed: "average_speed_mps"
    case .averageMovingSpeed: "average_moving_speed_mps"
    case .maximumSpeed: "maximum_speed_mps"
    case .percentile95Speed: "percentile95_speed_mps"
    }
  }
}

/// One value of an event.
enum EventValue {
  case text(String)
  /// Milliseconds UTC.
  case time(Int64)
  /// A length of time in milliseconds, written in seconds.
  case milliseconds(Int64)
  /// Degrees, written in full.
  case degrees(Double)
  /// Metres or metres a second, written with at most three decimals.
  case measure(Double?)
  case count(UInt32)
  case flag(Bool)
  case missing
}
