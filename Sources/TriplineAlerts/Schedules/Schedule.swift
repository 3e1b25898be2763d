public import Foundation

/// A named time: any of its intervals, and any event of its calendars.
public struct Schedule: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its intervals.
  public var intervals: [Interval]
  /// Its calendars.
  public var calendars: [Events]

  /// Creates a schedule.
  public init(name: String, intervals: [Interval], calendars: [Events] = []) {
    self.name = name
    self.intervals = intervals
    self.calendars = calendars
  }

  /// Whether a moment, in milliseconds UTC, is in it, where neither a vehicle nor a fence is asked for.
  public func contains(_ moment: Int64) -> Bool { contains(moment, zones: Zones()) }

  /// Whether a moment, in milliseconds UTC, is in it, for a vehicle and a fence in their zones.
  public func contains(_ moment: Int64, zones: Zones) -> Bool {
    intervals.contains { $0.contains(moment, zones: zones) } || calendars.contains { $0.contains(moment, zones: zones) }
  }
}

extension Schedule {
  /// Where the time is asked for that is not that of one zone.
  public enum Place: String, Sendable, Hashable, CaseIterable {
    /// Where the vehicle is at home.
    case vehicle
    /// Where the fence is.
    case fence
  }

  /// The zones of a vehicle and of a fence, as far as they have some.
  public struct Zones: Sendable, Hashable {
    /// That of the vehicle.
    public var vehicle: TimeZone?
    /// That of the fence.
    public var fence: TimeZone?

    /// Creates zones; what has none is asked in the zone of the schedule.
    public init(vehicle: TimeZone? = nil, fence: TimeZone? = nil) {
      self.vehicle = vehicle
      self.fence = fence
    }

    /// The zone of a place, or another one where there is no place, or none that has a zone.
    func zone(of place: Place?, otherwise zone: TimeZone) -> TimeZone {
      switch place {
      case .vehicle: vehicle ?? zone
      case .fence: fence ?? zone
      case nil: zone
      }
    }
  }
}
