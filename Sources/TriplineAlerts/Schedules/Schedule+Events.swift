public import Foundation

extension Schedule {
  /// The times of the events of a calendar, from 1970 to the end of 2100.
  public struct Events: Sendable, Hashable {
    /// The file they are from, as it is named where it is used.
    public let file: String
    /// Where it is that time, for events that belong to no zone of their own: those of whole days above all.
    public var zone: TimeZone
    /// Whose zone is asked for in its place, if it has one.
    public var place: Place?
    /// Events of a zone of their own, in milliseconds UTC.
    let moments: TimeRanges
    /// All other ones, in milliseconds since 1970 of a clock on the wall.
    let wallTimes: TimeRanges

    /// Reads a calendar in the iCalendar format.
    ///
    /// - Throws: the first mistake, with its line.
    public init(
      _ bytes: [UInt8], file: String, zone: TimeZone, place: Place? = nil
    ) throws(ConfigurationError) {
      let events = try CalendarReader(file: file).events(bytes)
      let times = try CalendarExpansion(events, file: file)
      self.file = file
      self.zone = zone
      self.place = place
      moments = TimeRanges(times.moments)
      wallTimes = TimeRanges(times.wallTimes)
    }

    /// Whether a moment, in milliseconds UTC, is in one of them.
    ///
    /// Whole days, and times without a zone, are what a clock on the wall shows: they are asked for as the times of an
    /// interval are.
    public func contains(_ moment: Int64, zones: Zones = Zones()) -> Bool {
      moments.contains(moment) || wallTimes.contains(WallTime(moment, in: zone(among: zones)).milliseconds)
    }

    /// The zone in which it is asked.
    func zone(among zones: Zones) -> TimeZone { zones.zone(of: place, otherwise: zone) }
  }
}
