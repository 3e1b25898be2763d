import Foundation
import TriplineFormats
import TriplineStore

/// Deliveries as lines, for people or for programs.
struct DeliveryText {
  private struct Record: Encodable {
    var number: UInt64
    var id: String
    var sink: String
    var about: String
    var state: String
    var failures: Int
    var createdAt: String?
    var due: String?
    var concludedAt: String?
    var events: [UInt64]
  }

  private let table = TableText(widths: [6, 9, 30, 24, 26, 8])
  private let times: LocalTime

  /// Writes times for people in a zone.
  init(zone: TimeZone) { times = LocalTime(zone) }

  /// The names of the columns, with its end.
  var header: String { table.line(["NUMBER", "STATE", "SINK", "ABOUT", "DECIDED", "ATTEMPTS", "THEN"]) }

  /// A line with its end.
  func line(_ delivery: Delivery, as format: ListFormat) throws -> String {
    guard format == .table else {
      return try JSONLine.text(
        Record(
          number: delivery.number, id: delivery.id, sink: delivery.sink, about: delivery.about,
          state: delivery.state.rawValue, failures: delivery.failures,
          createdAt: Timestamp.text(delivery.createdAt),
          due: delivery.state == .waiting ? Timestamp.text(delivery.due) : nil,
          concludedAt: delivery.concludedAt.flatMap { Timestamp.text($0) }, events: delivery.events))
    }
    let next =
      switch delivery.state {
      case .waiting: delivery.failures == 0 ? "not tried yet" : "next \(times.text(delivery.due))"
      case .delivered, .dead: delivery.concludedAt.map(times.text) ?? ""
      }
    return table.line([
      "\(delivery.number)", delivery.state.rawValue, delivery.sink, delivery.about, times.text(delivery.createdAt),
      "\(delivery.failures) failed", next,
    ])
  }

  /// A line of an attempt, with its end.
  func line(_ attempt: DeliveryAttempt) -> String {
    "       \(times.text(attempt.at))  \(attempt.outcome)" + (attempt.note.map { ": \($0)" } ?? "") + "\n"
  }
}
