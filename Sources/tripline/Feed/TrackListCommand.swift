import ArgumentParser
import MyCarTracks
import TriplineFormats

/// `tripline tracks list`
struct TrackListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the tracks of a MyCarTracks account, as the account has them.",
    discussion: """
      \(Account.help)

      Distances and durations are numbers of the account, whose units it does not
      tell; `tripline sync` finds out what they are.

      Examples:
        tripline tracks list --from 2026-10-01 --to 2026-11-01
        tripline tracks list --vehicle 4711 -o ndjson
      """)

  @Option(help: ArgumentHelp("Only those of this vehicle, by its id.", valueName: "id"))
  var vehicle: String?

  @OptionGroup var window: TimeWindow

  @Option(name: .shortAndLong, help: "table or ndjson.")
  var output = ListFormat.table

  func run() async throws {
    try await Account.run { client in
      let table = TableText(widths: [12, 12, 24, 24, 12])
      if output == .table {
        print(table.line(["TRACK", "VEHICLE", "START", "END", "DISTANCE", "DURATION"]), terminator: "")
      }
      let (start, end) = (window.start ?? 0, window.end ?? client.time.date + 86_400_000)
      let times = window.from == nil && window.to == nil ? nil : start..<max(start + 1, end)
      for try await track in client.tracks(in: times, of: vehicle.map { ResourceID($0) }) {
        let record = TrackRecord(track)
        switch output {
        case .table: print(table.line(record.cells), terminator: "")
        case .ndjson: print(try JSONLine.text(record), terminator: "")
        }
      }
    }
  }
}

/// A track of an account as a line.
private struct TrackRecord: Encodable {
  let trackId: String
  let vehicleId: String?
  let driverId: String?
  let start: String?
  let end: String?
  let distance: String?
  let duration: String?

  init(_ track: Track) {
    trackId = track.id.text
    vehicleId = track.vehicleID?.text
    driverId = track.driverID?.text
    start = track.startTime.flatMap { Timestamp.text($0) }
    end = track.endTime.flatMap { Timestamp.text($0) }
    distance = track.distance.map(Self.text)
    duration = track.duration.map(Self.text)
  }

  var cells: [String] {
    [trackId, vehicleId ?? "", start ?? "", end ?? "", distance ?? "", duration ?? ""]
  }

  /// A number as the account has it.
  private static func text(_ reading: Reading) -> String {
    let number = Int(exactly: reading.value).map { "\($0)" } ?? "\(reading.value)"
    return number + (reading.unit.map { " " + $0 } ?? "")
  }
}
