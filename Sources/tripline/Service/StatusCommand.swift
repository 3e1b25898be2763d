import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats
import TriplineService
import TriplineStore

/// `tripline status`
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell what a service does: what fires, what waits to be told, how far its feed is.",
    discussion: """
      What it has kept is read from its store, whether it runs or not; whether it is
      ready is asked at the address of the configuration.

      Examples:
        tripline status tripline.yaml
        tripline status --store /var/lib/tripline/alerts.db -o ndjson
      """)

  @Argument(help: ArgumentHelp("The configuration, as --config names it.", valueName: "config"))
  var file: String?

  @OptionGroup var store: AlertStoreOption

  @Option(name: .shortAndLong, help: "table or ndjson.")
  var output = ListFormat.table

  func validate() throws {
    guard file == nil || store.configuration.path == nil else {
      throw ValidationError("the configuration is named twice")
    }
  }

  func run() async throws {
    try await ExitStatus.reporting {
      var option = store
      if let file { option.configuration.path = file }
      let opened = try option.open()
      let status = try await ServiceStatus(of: opened, at: Int64(Date().timeIntervalSince1970 * 1000))
      switch output {
      case .table:
        let times = LocalTime(try AlertStoreOption.zone(of: opened))
        for line in status.lines(times) { print(line) }
      case .ndjson: print(try status.json(), terminator: "")
      }
    }
  }
}
