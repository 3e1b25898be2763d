import Foundation
import TriplineAlerts
import TriplineFormats

/// A mail about alerts, as RFC 5322 and MIME write it.
///
/// Whatever stands in names and texts stays where it belongs: a line break in a subject cannot begin a header.
struct MailMessage: Sendable {
  /// The whole message, its lines ended by CR and LF.
  let bytes: [UInt8]

  /// The longest subject in characters.
  private static let longestSubject = 200

  /// Composes a message.
  ///
  /// - Parameters:
  ///   - parcel: what it is about.
  ///   - from: an address, which `ReceiverSettings` has looked at.
  ///   - to: addresses, which it has looked at too.
  ///   - now: the time in milliseconds UTC.
  ///   - zone: the zone of times in the text.
  init(_ parcel: Parcel, from: String, to: [String], at now: Int64, zone: TimeZone = .gmt) {
    let domain = from.split(separator: "@").last.map { String($0) } ?? "localhost"
    let id = parcel.id.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-_".unicodeScalars.contains(scalar))
        ? Character(scalar) : "-"
    }
    var headers = [
      "From: \(from)", "To: " + to.joined(separator: ",\r\n "),
      "Subject: " + EncodedWords.text(Self.subject(parcel)),
      "Message-ID: <\(String(id))@\(domain)>", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
    ]
    if let date = InternetDate.mailText(now) { headers.insert("Date: \(date)", at: 2) }
    bytes =
      Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + QuotedPrintable.bytes(Self.body(parcel, zone))
  }

  /// The subject as people read it: how many fire and are over, the rule, and what else alerts have in common.
  static func subject(_ parcel: Parcel) -> String {
    let firing = parcel.events.count { $0.isFiring }
    let counts = [("FIRING", firing), ("RESOLVED", parcel.events.count - firing)].filter { $0.1 > 0 }
    let rules = Set(parcel.events.map(\.alert.rule)).sorted()
    let rule = parcel.groupLabels["alertname"] ?? (rules.count == 1 ? rules[0] : "\(rules.count) rules")
    let others = parcel.groupLabels.sorted { $0.key < $1.key }.filter { $0.key != "alertname" }.map(\.value)
    let prefix = "[" + counts.map { "\($0.0):\($0.1)" }.joined(separator: ", ") + "]"
    return String(oneLine(([prefix, rule] + others).joined(separator: " ")).prefix(longestSubject))
  }

  /// The text, in lines.
  static func body(_ parcel: Parcel, _ zone: TimeZone = .gmt) -> [String] {
    var lines: [String] = []
    let clock = LocalTime(zone)
    for event in parcel.events {
      let alert = event.alert
      if !lines.isEmpty { lines.append("") }
      let place = (alert.fenceName ?? alert.fenceID ?? alert.otherName).map { ", \($0)" } ?? ""
      lines.append("\(event.isFiring ? "FIRING" : "RESOLVED") \(alert.rule): \(alert.vehicleName)\(place)")
      lines.append("  " + alert.reason)
      for (name, text) in alert.annotations.sorted(by: { $0.key < $1.key }) { lines.append("  \(name): \(text)") }
      lines.append("  since \(clock.text(alert.startsAt))")
      if !event.isFiring, let end = alert.resolvedAt { lines.append("  until \(clock.text(end))") }
      let labels = alert.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      lines.append("  labels: " + labels.joined(separator: ", "))
      lines.append("  id: \(alert.id)")
    }
    return lines.map { oneLine($0) }
  }

  /// A text with a space for every character that controls something, line breaks among them.
  private static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .lineSeparator, .paragraphSeparator: " "
          default: scalar
          }
        }))
  }
}
