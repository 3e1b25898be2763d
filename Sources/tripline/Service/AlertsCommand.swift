import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineService
import TriplineStore

/// `tripline alerts …`
struct AlertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts", abstract: "Alerts that a service has told of.", subcommands: [ListCommand.self])

  /// `tripline alerts list`
  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List alerts by their beginning.",
      discussion: """
        Examples:
          tripline alerts list --firing
          tripline alerts list --pending
          tripline alerts list --from 2026-11-01 --rule LongStay -o ndjson
        """)

    @OptionGroup var store: AlertStoreOption

    @OptionGroup var window: AlertWindow

    @Option(help: ArgumentHelp("Only alerts of this rule.", valueName: "name"))
    var rule: String?

    @Option(help: ArgumentHelp("Only alerts of this vehicle, by its id.", valueName: "id"))
    var vehicle: String?

    @Flag(help: "Only alerts that fire.")
    var firing = false

    @Flag(help: "What would fire if it went on as it is, in place of alerts, by what the service has kept.")
    var pending = false

    @OptionGroup var list: ListOptions

    func validate() throws {
      guard !(pending && firing) else { throw ValidationError("Give --pending or --firing, and not both.") }
    }

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        if pending { return try await listPending(store) }
        let text = AlertText(zone: try AlertStoreOption.zone(of: store))
        let alerts = try store.alerts(
          in: (window.start ?? .min)..<(window.end ?? .max), rule: rule, vehicle: vehicle,
          isFiring: firing ? true : nil, limit: list.limit)
        if list.output == .table { print(text.keptHeader, terminator: "") }
        for one in alerts {
          print(try text.line(one.alert, as: list.output, isFiring: one.alert.resolvedAt == nil), terminator: "")
        }
        if alerts.count == list.limit { Messages.note("these are the last \(list.limit); --limit has more") }
      }
    }

    private func listPending(_ store: AlertStore) async throws {
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      guard let state = try EngineInForce(store, at: now) else { return }
      let text = PendingText(zone: try AlertStoreOption.zone(of: store))
      if list.output == .table { print(text.header, terminator: "") }
      let found = await state.pipeline.pending.filter { one in
        (rule ?? one.rule) == one.rule && (vehicle ?? one.vehicleID) == one.vehicleID
          && one.since >= window.start ?? .min && one.since < window.end ?? .max
      }
      for one in found.suffix(list.limit) { print(try text.line(one, as: list.output), terminator: "") }
      if found.count > list.limit { Messages.note("these are the last \(list.limit); --limit has more") }
    }
  }
}
