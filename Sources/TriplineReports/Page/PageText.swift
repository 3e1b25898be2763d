import Foundation
import TriplineCore
import TriplineFormats

/// Values as they stand on a page, with times from one instant to another.
struct PageText {
  private let zone: TimeZone
  private let formatter: DateFormatter
  /// Seconds east of UTC at the first instant.
  private let offset: Int
  /// Whether clocks are changed on the way: times have their offset beside them then.
  let hasChange: Bool

  init(zone: TimeZone, from start: Int64, to end: Int64) {
    self.zone = zone
    formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = zone
    func date(_ time: Int64) -> Date { Date(timeIntervalSince1970: Double(time) / 1000) }
    offset = zone.secondsFromGMT(for: date(start))
    hasChange = zone.nextDaylightSavingTimeTransition(after: date(start)).map { $0 <= date(end) } ?? false
  }

  /// The name of the time zone.
  var zoneName: String { zone == .gmt ? "UTC" : zone.identifier }

  /// How far the clock of `local` is ahead of UTC.
  var offsetName: String {
    String(format: "UTC%@%02d:%02d", offset < 0 ? "-" : "+", abs(offset) / 3600, abs(offset) / 60 % 60)
  }

  /// Day and time.
  func time(_ milliseconds: Int64) -> String { format(milliseconds, "yyyy-MM-dd HH:mm:ss") }
  /// The time of the day.
  func clock(_ milliseconds: Int64) -> String { format(milliseconds, "HH:mm:ss") }

  private func format(_ milliseconds: Int64, _ format: String) -> String {
    formatter.dateFormat = hasChange ? format + "xxx" : format
    return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
  }

  /// Milliseconds since 1970 on a clock that is never changed, for scripts that know of no zones.
  func local(_ milliseconds: Int64) -> Int64 { milliseconds + Int64(offset) * 1000 }

  static func number(_ value: Double, _ decimals: Int = 0) -> String { String(format: "%.\(decimals)f", value) }
  static func kilometers(_ meters: Double) -> String { number(meters / 1000, meters < 100_000 ? 1 : 0) + " km" }
  static func speed(_ metersPerSecond: Double) -> String { number(metersPerSecond * 3.6) + " km/h" }
  static func percent(_ share: Double) -> String { number(share * 100, share < 0.1 ? 1 : 0) + " %" }
  static func place(_ coordinate: Coordinate) -> String {
    "\(number(coordinate.latitude, 5)), \(number(coordinate.longitude, 5))"
  }
}

extension ScoreNorms {
  /// The three figures.
  var text: String { [slow, medium, fast].map { PageText.number($0, 2) }.joined(separator: ", ") }
}

extension ScoringParameters {
  /// What was asked for that changes what the scores say; `nil` where nothing was.
  var options: String? {
    var parts: [String] = []
    if vehicleClass != .car {
      parts.append(
        "levels of events are those of a \(vehicleClass), \(PageText.number(Double(vehicleClass.levelFactor), 1)) times a car's"
      )
    }
    if let speedLimit { parts.append("a limit of \(PageText.speed(Double(speedLimit))) holds everywhere") }
    if norms != ScoreNorms() { parts.append("what is ordinary is that of the fleet itself") }
    return parts.isEmpty ? nil : "As asked for, " + parts.joined(separator: "; ") + "."
  }
}
