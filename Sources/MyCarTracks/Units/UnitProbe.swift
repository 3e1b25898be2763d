import Foundation

/// Finds out what the numbers of an account mean, from some closed tracks and their points.
///
/// Distance over the length of the path, speed over that between two points, duration over the time from start to end: each
/// unit has a range of ratios of its own, between which there is room. The ranges are those of section 8 of the contract.
public struct UnitProbe: Sendable {
  /// Tracks that a finding takes, each of at least `minimumPoints`.
  public static let minimumTracks = 5
  /// Points a track has to have to count.
  public static let minimumPoints = 30
  /// Segments of 3 to 60 seconds, faster than 3 m/s, that a finding of speeds takes.
  static let minimumSegments = 30

  private var distances: [Double] = []
  private var speeds: [Double] = []
  private var durations: [Double] = []
  /// Values that had their unit with them.
  private var written = (distances: 0, speeds: 0, durations: 0)
  private var tracks = 0

  /// Has seen nothing yet.
  public init() {}

  /// Takes a closed track with its points; one of too few points does not count.
  public mutating func add(_ track: Track, _ points: [TrackPoint]) {
    let points = points.sorted { $0.time < $1.time }
    guard points.count >= Self.minimumPoints else { return }
    tracks += 1
    var length = 0.0
    // A segment runs from its start over as many points as make three seconds.
    var segment = (start: points[0].time, length: 0.0, speeds: 0.0, count: 0)
    for (from, to) in zip(points, points.dropFirst()) {
      let step = Self.distance(from, to)
      length += step
      segment.length += step
      if to.speed?.unit != nil { written.speeds += 1 }
      if let speed = to.speed, speed.unit == nil {
        segment.speeds += speed.value
        segment.count += 1
      }
      let seconds = Double(to.time - segment.start) / 1000
      guard seconds >= 3 else { continue }
      if seconds <= 60, segment.count > 0, segment.length / seconds > 3 {
        speeds.append(segment.speeds / Double(segment.count) / (segment.length / seconds))
      }
      segment = (to.time, 0, 0, 0)
    }
    if track.distance?.unit != nil { written.distances += 1 }
    if track.duration?.unit != nil { written.durations += 1 }
    if let distance = track.distance, distance.unit == nil, length > 100 { distances.append(distance.value / length) }
    if let duration = track.duration, duration.unit == nil, let start = track.startTime, let end = track.endTime,
      end > start
    {
      durations.append(duration.value / Double(end - start))
    }
  }

  /// What the tracks so far show.
  public var findings: UnitFindings {
    var findings = UnitFindings()
    findings.tracks = tracks
    findings.segments = speeds.count
    if distances.count >= Self.minimumTracks, let ratio = Self.median(distances) {
      findings.distanceRatio = ratio
      findings.distance =
        switch ratio {
        case 0.5...2: .meters
        case 0.0008...0.0013: .kilometers
        case 0.0005...0.00075: .miles
        default: .unverified
        }
    }
    if speeds.count >= Self.minimumSegments, let ratio = Self.median(speeds) {
      findings.speedRatio = ratio
      findings.speed =
        switch ratio {
        case 0.7...1.4: .metersPerSecond
        case 1.8...2.6: .milesPerHour
        case 2.9...4.4: .kilometersPerHour
        default: .unverified
        }
    }
    if durations.count >= Self.minimumTracks, let ratio = Self.median(durations) {
      findings.durationRatio = ratio
      findings.duration =
        switch ratio {
        case 0.5...2: .milliseconds
        case 0.0005...0.002: .seconds
        default: .unverified
        }
    }
    if distances.isEmpty && written.distances >= Self.minimumTracks { findings.distance = .written }
    if speeds.isEmpty && written.speeds >= Self.minimumSegments { findings.speed = .written }
    if durations.isEmpty && written.durations >= Self.minimumTracks { findings.duration = .written }
    return findings
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  /// Metres on a sphere of the Earth's mean radius (IUGG, 6,371,008.8 m): a half percent is no matter here.
  private static func distance(_ from: TrackPoint, _ to: TrackPoint) -> Double {
    let degree = Double.pi / 180
    let (first, second) = (from.latitude * degree, to.latitude * degree)
    let sines = (sin((second - first) / 2), sin((to.longitude - from.longitude) * degree / 2))
    let half = sines.0 * sines.0 + cos(first) * cos(second) * sines.1 * sines.1
    return 2 * 6_371_008.8 * asin(min(1, half.squareRoot()))
  }
}
