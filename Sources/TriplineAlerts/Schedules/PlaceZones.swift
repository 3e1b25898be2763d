public import Foundation
public import TriplineCore

/// The time zones of vehicles and fences, by their ids, for schedules that go by them.
public struct PlaceZones: Sendable, Hashable {
  /// The zones of vehicles.
  public var vehicles: [String: TimeZone] = [:]
  /// The zones of fences.
  public var fences: [String: TimeZone] = [:]

  /// Knows no zone.
  public init() {}

  /// The zones of a vehicle and of a fence.
  public func zones(vehicle: String?, fence: String?) -> Schedule.Zones {
    Schedule.Zones(vehicle: vehicle.flatMap { vehicles[$0] }, fence: fence.flatMap { fences[$0] })
  }

  /// Takes the zones that fences name by their attribute `timezone`; the first fence of an id counts.
  ///
  /// - Returns: for each zone that does not exist what is wrong and what to do.
  public mutating func add(_ fences: [Fence]) -> [String] {
    var problems: [String] = []
    for fence in fences where self.fences[fence.id] == nil {
      guard let name = fence.attributes["timezone"] else { continue }
      if let zone = TimeZone(identifier: name) {
        self.fences[fence.id] = zone
      } else {
        problems.append(
          "the fence \(fence.id): there is no time zone \(name); the names are those of IANA, like Europe/Prague")
      }
    }
    return problems
  }
}
