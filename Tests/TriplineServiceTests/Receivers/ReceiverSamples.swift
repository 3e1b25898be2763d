import Foundation
import TriplineCore

@testable import TriplineAlerts
@testable import TriplineService

/// Synthetic alerts and parcels, and what else several tests of receivers need.
enum ReceiverSamples {
  /// 2026-11-23T10:35:14Z in milliseconds.
  static let now: Int64 = 1_795_430_114_000
  /// A secret that is no one's.
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  /// Another one.
  static let otherSecret = "whsec_QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD"

  /// An alert of a vehicle that was in a depot for too long.
  static func alert(_ id: String = "alrt_synthetic", labels: [String: String] = ["vehicle": "4711"]) -> Alert {
    Alert(
      id: id, rule: "LongDwell", revision: "1", kind: "geofence.dwell", vehicleID: "4711", vehicleName: "Van 42",
      fenceID: "depot", fenceName: "Depot North", startsAt: now - 2_114_000, decidedAt: now - 2000, resolvedAt: nil,
      coordinate: Coordinate(latitude: 50.0871, longitude: 14.4301), reason: "in Depot North for 35 min",
      labels: labels.merging(["alertname": "LongDwell"]) { given, _ in given },
      annotations: ["summary": "Van 42 has been in Depot North"], muting: nil)
  }

  /// A step in its life.
  static func event(_ alert: Alert = alert(), isFiring: Bool = true) -> Parcel.Event {
    var alert = alert
    if !isFiring { alert.resolvedAt = now }
    let event = CloudEvent(isFiring ? .fired(alert) : .resolved(alert), source: "/tripline/test")
    return Parcel.Event(id: event.id, json: event.json, alert: alert, isFiring: isFiring)
  }

  /// A parcel of some events.
  static func parcel(_ events: [Parcel.Event] = [event()], labels: [String: String] = [:]) -> Parcel {
    Parcel(id: "prcl_synthetic", groupLabels: labels, events: events)
  }

  /// A folder of its own for a test, which is removed in the end.
  static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tripline-receivers-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
  }
}
