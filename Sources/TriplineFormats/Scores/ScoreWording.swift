public import TriplineCore

/// What scores say in words for people, the same in tables and in reports.
extension DrivingScore.Absence {
  /// Why there is no score.
  public var explanation: String {
    switch self {
    case .tooShort: "shorter than 5 km"
    case .noSpeed: "the receiver states too few speeds"
    case .sampling: "fixes are too far apart"
    case .quality: "the data are too poor"
    }
  }
}

extension TripScore {
  /// What points were lost for, and how many of the 100; empty where there is no score.
  public var losses: [(reason: String, points: Double)] {
    guard driving.value != nil else { return [] }
    let losses = driving.losses
    let parts: [(String, Double?)] = [
      ("rough below 50 km/h", losses.slow), ("rough to 90 km/h", losses.medium), ("rough above 90 km/h", losses.fast),
      (brakes?.severe ?? 0 > 0 ? "severe braking" : "severe braking not ruled out", losses.braking),
      ("speeding", losses.speeding),
    ]
    return parts.compactMap { reason, points in points.map { (reason, $0) } }
  }
}
