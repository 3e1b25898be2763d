import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineStore

/// `tripline watch`
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show alerts as they come, from the store of a service that runs.",
    discussion: """
      Examples:
        tripline watch
        tripline watch --rule LongStay --since 2h
        tripline watch -o cloudevents | jq .data.vehicle.name
      """)

  @OptionGroup var store: AlertStoreOption

  @Option(help: ArgumentHelp("Begin with what was told within this time, like 2h.", valueName: "time"))
  var since: DurationText?

  @Option(help: ArgumentHelp("Only alerts of this rule; may be repeated.", valueName: "name"))
  var rule: [String] = []

  @Option(help: ArgumentHelp("Only alerts of this vehicle, by its id; may be repeated.", valueName: "id"))
  var vehicle: [String] = []

  @Option(name: .shortAndLong, help: "table, ndjson or cloudevents.")
  var output = Format.table

  @Flag(help: "Show what there is, and end.")
  var once = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson, cloudevents }

  func run() async throws {
    try await ExitStatus.reporting {
      let store = try store.open()
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      var last = try store.lastEvent(before: since.map { now - $0.milliseconds } ?? (once ? 0 : now))
      let text = AlertText(zone: try AlertStoreOption.zone(of: store))
      if output == .table { FileHandle.standardOutput.write(Data(text.keptHeader.utf8)) }
      while true {
        for (event, alert) in try store.events(after: last) {
          last = event.number
          guard rule.isEmpty || rule.contains(alert.rule), vehicle.isEmpty || vehicle.contains(alert.vehicleID) else {
            continue
          }
          FileHandle.standardOutput.write(Data(try line(event, alert, text).utf8))
        }
        if once { return }
        try await Task.sleep(for: .milliseconds(250))
      }
    }
  }

  private func line(_ event: AlertBatch.Event, _ alert: Alert, _ text: AlertText) throws -> String {
    switch output {
    case .cloudevents: event.json + "\n"
    case .ndjson: try text.line(alert, as: .ndjson, isFiring: event.isFiring)
    case .table: try text.line(alert, as: .table, isFiring: event.isFiring)
    }
  }
}
