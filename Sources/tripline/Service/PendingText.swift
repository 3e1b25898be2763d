import Foundation
import TriplineAlerts
import TriplineFormats

/// What is pending, for people and for programs.
struct PendingText {
  private struct Record: Encodable {
    var status = "pending"
    var alert: String
    var vehicle: String
    var fence: String?
    var since: String?
    var due: String?
  }

  private let times: LocalTime
  private let table = TableText(widths: [26, 16, 20, 20])

  init(zone: TimeZone) { times = LocalTime(zone) }

  /// The names of the columns, with their end.
  var header: String { table.line(["SINCE", "RULE", "VEHICLE", "FENCE", "FIRES"]) }

  /// A line, with its end.
  func line(_ pending: AlertEngine.Pending, as format: ListFormat) throws -> String {
    guard format == .table else {
      return try JSONLine.text(
        Record(
          alert: pending.rule, vehicle: pending.vehicleID, fence: pending.fenceID,
          since: Timestamp.text(pending.since), due: pending.due.flatMap { Timestamp.text($0) }))
    }
    return table.line([
      times.text(pending.since), pending.rule, pending.vehicleID, pending.fenceID ?? "",
      pending.due.map { "at \(times.text($0))" } ?? "once more fixes say so",
    ])
  }
}
