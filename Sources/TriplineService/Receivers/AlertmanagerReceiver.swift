package import MyCarTracks
package import TriplineAlerts
import TriplineFormats
import TriplineJSON

/// Posts alerts to an Alertmanager, which groups, silences and passes on by its own configuration.
package struct AlertmanagerReceiver: RefreshedReceiver {
  package let takesGroups = true
  private let endpoint: OutboundEndpoint
  private let time: any TimeSource
  /// For how long an alert fires there in milliseconds, unless it is sent again before: as long as Alertmanager's own
  /// `resolve_timeout` where nobody has changed it.
  private static let validity: Int64 = 300_000

  /// Creates a receiver.
  ///
  /// - Parameters:
  ///   - url: where Alertmanager is, without the path of its API.
  ///   - allowsInternal: whether it may be within one's own network.
  ///   - timeout: how long an attempt may take in milliseconds.
  ///   - time: the time.
  package init(
    url: String, allowsInternal: Bool = true, timeout: Int64 = 15_000, time: any TimeSource = SystemTime()
  ) {
    let base = url.hasSuffix("/") ? String(url.dropLast()) : url
    endpoint = OutboundEndpoint(
      url: base + "/api/v2/alerts", allowsInternal: allowsInternal, timeout: timeout, time: time)
    self.time = time
  }

  /// Posts all alerts at once.
  package func attempt(_ parcel: Parcel) async -> Attempt {
    await post(parcel.events.map { ($0.alert, $0.isFiring) }, at: time.date)
  }

  /// Posts alerts that still fire once more, at a time in milliseconds UTC; to be called about once a minute.
  ///
  /// Alertmanager takes what it does not hear of for over, and may have forgotten everything when it was started anew.
  package func refresh(_ alerts: [Alert], at now: Int64) async -> Attempt {
    await post(alerts.map { ($0, true) }, at: now)
  }

  private func post(_ alerts: [(alert: Alert, isFiring: Bool)], at now: Int64) async -> Attempt {
    guard !alerts.isEmpty else { return .delivered }
    let body = JSONNode.array(alerts.map { Self.node($0.alert, isFiring: $0.isFiring, at: now) })
    return await endpoint.post(body.bytes, headers: [("content-type", "application/json")])
  }

  /// An alert as Alertmanager takes it; its end, where it fires, is the time up to which that is known.
  static func node(_ alert: Alert, isFiring: Bool, at now: Int64) -> JSONNode {
    var (labels, annotations) = (alert.labels, alert.annotations)
    labels["alertname"] = labels["alertname"] ?? alert.rule
    annotations["reason"] = annotations["reason"] ?? alert.reason
    annotations["tripline_id"] = alert.id
    // Alertmanager refuses an end before the beginning.
    let end = max(alert.startsAt, isFiring ? now + validity : alert.resolvedAt ?? now)
    return .object([
      "labels": texts(labels), "annotations": texts(annotations),
      "startsAt": Timestamp.text(alert.startsAt).map { .string($0) }, "endsAt": Timestamp.text(end).map { .string($0) },
    ])
  }

  private static func texts(_ texts: [String: String]) -> JSONNode {
    var valid: [String: String] = [:]
    // A name that is valid as it is has precedence over one that becomes the same.
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      let label = label(name)
      if label == name || valid[label] == nil { valid[label] = text }
    }
    return .object(valid.sorted { $0.key < $1.key }.map { JSONNode.Member($0.key, .string($0.value)) })
  }

  /// A name as names of labels are: letters, digits and `_`, and no digit first.
  static func label(_ name: String) -> String {
    let characters = name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
    }
    let isValid = characters.first.map { !$0.isNumber } ?? false
    return (isValid ? "" : "_") + String(characters)
  }
}
