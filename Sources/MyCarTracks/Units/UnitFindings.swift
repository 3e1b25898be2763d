import Foundation

/// What the numbers of an account mean, found by comparing them with the positions.
///
/// Units of version 3 are not documented. Third parties read version 2 as kilometres and kilometres an hour, and times as
/// milliseconds: that is taken until something else is found.
public struct UnitFindings: Sendable, Hashable, Codable {
  /// What distances of tracks are in.
  public enum Distance: String, Sendable, Hashable, Codable {
    case meters, kilometers, miles
    /// Each has its unit with it.
    case written
    /// None of these fits; distances are not taken from the API.
    case unverified
  }

  /// What speeds are in.
  public enum Speed: String, Sendable, Hashable, Codable {
    case metersPerSecond, milesPerHour, kilometersPerHour
    /// Each has its unit with it.
    case written
    /// None of these fits; speeds are not taken from the API.
    case unverified
  }

  /// What durations are in.
  public enum Duration: String, Sendable, Hashable, Codable {
    case milliseconds, seconds
    /// Each has its unit with it.
    case written
    /// None of these fits.
    case unverified
  }

  /// What distances are in.
  public var distance = Distance.kilometers
  /// What speeds are in.
  public var speed = Speed.kilometersPerHour
  /// What durations are in.
  public var duration = Duration.milliseconds
  /// The median of reported distance and length of the path in metres, where there was enough to compare.
  public var distanceRatio: Double?
  /// The median of reported speed and metres a second between two points.
  public var speedRatio: Double?
  /// The median of reported duration and the time from start to end in milliseconds.
  public var durationRatio: Double?
  /// Tracks that were compared.
  public var tracks = 0
  /// Segments whose speeds were compared.
  public var segments = 0

  /// Nothing found yet.
  public init() {}

  /// Whether there was enough to compare, or there is nothing to be found out.
  public var isVerified: Bool {
    (distanceRatio != nil || distance == .written) && (speedRatio != nil || speed == .written)
      && (durationRatio != nil || duration == .written)
  }

  /// What was known and, where something newer was found, that.
  public func merging(_ newer: UnitFindings) -> UnitFindings {
    var merged = self
    if newer.distanceRatio != nil || newer.distance == .written {
      (merged.distance, merged.distanceRatio) = (newer.distance, newer.distanceRatio)
    }
    if newer.speedRatio != nil || newer.speed == .written {
      (merged.speed, merged.speedRatio) = (newer.speed, newer.speedRatio)
    }
    if newer.durationRatio != nil || newer.duration == .written {
      (merged.duration, merged.durationRatio) = (newer.duration, newer.durationRatio)
    }
    merged.tracks += newer.tracks
    merged.segments += newer.segments
    return merged
  }

  /// A speed in metres a second, or `nil` where it is none.
  public func speed(_ reading: Reading?) -> Double? {
    guard let reading, reading.value.isFinite, reading.value >= 0 else { return nil }
    let factor: Double? =
      switch reading.unit {
      case "m/s", "mps": 1
      case "km/h", "kmh", "kph": Self.kilometerPerHour
      case "mph", "mi/h": Self.milePerHour
      case nil:
        switch speed {
        case .metersPerSecond: 1
        case .kilometersPerHour: Self.kilometerPerHour
        case .milesPerHour: Self.milePerHour
        case .unverified, .written: nil
        }
      default: nil
      }
    return factor.map { reading.value * $0 }
  }

  /// A distance in metres, or `nil` where it is none.
  public func distance(_ reading: Reading?) -> Double? {
    guard let reading, reading.value.isFinite, reading.value >= 0 else { return nil }
    let factor: Double? =
      switch reading.unit {
      case "m": 1
      case "km": 1000
      case "mi", "mile", "miles": Self.mile
      case nil:
        switch distance {
        case .meters: 1
        case .kilometers: 1000
        case .miles: Self.mile
        case .unverified, .written: nil
        }
      default: nil
      }
    return factor.map { reading.value * $0 }
  }

  /// A length of time in milliseconds, or `nil` where it is none.
  public func duration(_ reading: Reading?) -> Int64? {
    guard let reading, reading.value.isFinite, abs(reading.value) < 1e15 else { return nil }
    switch (reading.unit, duration) {
    case ("ms", _), (nil, .milliseconds): return Int64(reading.value.rounded())
    case ("s", _), (nil, .seconds): return Int64((reading.value * 1000).rounded())
    default: return nil
    }
  }

  /// A height in metres; without a unit it is in metres, as version 2 was seen to have it.
  public func altitude(_ reading: Reading?) -> Double? {
    guard let reading, reading.value.isFinite else { return nil }
    switch reading.unit {
    case nil, "m": return reading.value
    case "ft", "feet": return reading.value * 0.3048
    default: return nil
    }
  }

  /// The international mile in metres.
  static let mile = 1609.344
  private static let kilometerPerHour = 1 / 3.6
  private static let milePerHour = mile / 3600

  /// What was found, for people, a line each.
  public var report: String {
    func line(_ what: String, _ unit: String, _ ratio: Double?, _ of: String) -> String {
      if unit == "written" { return "\(what): each value has its unit with it" }
      guard let ratio else { return "\(what): \(unit), assumed: there was not enough to compare" }
      return "\(what): \(unit); reported values are \(Self.rounded(ratio)) times \(of)"
    }
    return [
      line("distance", distance.rawValue, distanceRatio, "the metres between the points"),
      line("speed", speed.rawValue, speedRatio, "the metres a second between the points"),
      line("duration", duration.rawValue, durationRatio, "the milliseconds from start to end"),
      "compared: \(tracks) tracks, \(segments) segments",
    ].joined(separator: "\n")
  }

  private static func rounded(_ ratio: Double) -> String {
    guard ratio > 0, ratio.isFinite else { return "\(ratio)" }
    let digits = max(0, 2 - Int(log10(ratio).rounded(.down)))
    return String(format: "%.\(digits)f", ratio)
  }
}
