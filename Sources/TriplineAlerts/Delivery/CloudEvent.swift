import TriplineCore
import TriplineFormats
import TriplineJSON

/// A step in the life of an alert as an event of CloudEvents 1.0, for whoever is told.
public struct CloudEvent: Sendable {
  /// The id: the alert's for the first step, and one that follows from it for the last, so that what is delivered twice is
  /// recognised.
  public let id: String
  /// The event in JSON, in the structured mode (`application/cloudevents+json`).
  public let json: [UInt8]

  /// The media type of the JSON.
  public static let mediaType = "application/cloudevents+json"

  /// Makes the event of a change.
  ///
  /// - Parameters:
  ///   - change: what has happened.
  ///   - source: who tells it, a URI reference such as `/tripline/prod`.
  ///   - recordedAt: when it was decided by the clock of whoever decided it, in milliseconds UTC; `nil` in a backtest.
  ///   - sequence: its number among all that are told, or `nil`.
  public init(_ change: AlertChange, source: String, recordedAt: Int64? = nil, sequence: UInt64? = nil) {
    let alert = change.alert
    let isFiring: Bool
    switch change {
    case .fired:
      isFiring = true
      id = alert.id
    case .resolved:
      isFiring = false
      id = AlertID.text([alert.id, "resolved", "\(alert.resolvedAt ?? 0)"])
    }
    let time = isFiring ? alert.startsAt : alert.resolvedAt ?? alert.decidedAt
    let severity = Self.severities[alert.labels["severity"] ?? ""]
    json =
      JSONNode.object([
        "specversion": "1.0", "id": .string(id), "source": .string(source),
        "type": .string("tripline.\(alert.kind).\(isFiring ? "firing" : "resolved")"),
        "subject": .string("vehicle/\(alert.vehicleID)"), "time": Self.time(time),
        "recordedtime": recordedAt.flatMap(Self.time),
        "datacontenttype": "application/json", "dataschema": "urn:tripline:schema:alert:1",
        "partitionkey": .string(alert.vehicleID), "sequence": sequence.map { .string(Self.digits($0)) },
        "severitytext": severity.map { .string($0.text) }, "severitynumber": severity.map { .integer($0.number) },
        "correlationid": .string(alert.id), "data": Self.data(alert, isFiring),
      ]).bytes
  }

  /// Severities of OpenTelemetry's logs by those that people give to alerts.
  private static let severities: [String: (text: String, number: Int64)] = [
    "info": ("INFO", 9), "warning": ("WARN", 13), "error": ("ERROR", 17), "page": ("ERROR", 17),
    "critical": ("FATAL", 21),
  ]

  private static func time(_ time: Int64) -> JSONNode? { Timestamp.text(time).map { .string($0) } }

  /// Twenty digits, so that texts are in the order of numbers.
  private static func digits(_ number: UInt64) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: 20 - text.count) + text
  }

  private static func texts(_ texts: [String: String]) -> JSONNode {
    .object(texts.sorted { $0.key < $1.key }.map { JSONNode.Member($0.key, .string($0.value)) })
  }

  private static func data(_ alert: Alert, _ isFiring: Bool) -> JSONNode {
    let position = alert.coordinate.map { place in
      JSONNode.object([
        "type": "Point", "coordinates": .array([.number(place.longitude), .number(place.latitude)]),
      ])
    }
    return .object([
      "status": isFiring ? "firing" : "resolved", "alert": .string(alert.id),
      "rule": .object(["id": .string(alert.rule), "revision": .string(alert.revision)]),
      "vehicle": .object(["id": .string(alert.vehicleID), "name": .string(alert.vehicleName)]),
      "fence": alert.fenceID.map { id in
        .object(["id": .string(id), "name": alert.fenceName.map { .string($0) }])
      },
      "other": alert.otherID.map { .object(["id": .string($0), "name": alert.otherName.map { .string($0) }]) },
      "labels": texts(alert.labels), "annotations": texts(alert.annotations), "startsAt": time(alert.startsAt),
      "decidedAt": time(alert.decidedAt), "endsAt": isFiring ? nil : alert.resolvedAt.flatMap(time),
      "position": position, "reason": .string(alert.reason),
      "muted": alert.muting.map { .string($0) },
    ])
  }
}
