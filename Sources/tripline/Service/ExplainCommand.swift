import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats
import TriplineStore

/// `tripline explain`
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tell why an alert fired, or why a rule told nothing of a vehicle at a time.",
    discussion: """
      Of an alert: what its rule made of each fix near the fence, fixes that came to
      nothing, the schedule, who was told, who was not and why, and each attempt.
      Of a vehicle, a time and a rule: the same of the time around it. Times are
      shown in the zone of the configuration, with its offset.

      Examples:
        tripline explain alrt_7f3k2q
        tripline explain --vehicle 4711 --at 2026-11-23T10:35:00Z --rule LongStay
        tripline explain --vehicle 'Van 42' --at 2026-11-23 --rule LongStay --around 24h
      """)

  @OptionGroup var store: AlertStoreOption

  @Argument(help: "The id of an alert, or its beginning.")
  var alert: String?

  @Option(help: ArgumentHelp("The vehicle, by its id or its name.", valueName: "vehicle"))
  var vehicle: String?

  @Option(help: ArgumentHelp("The time, in UTC.", valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("The rule.", valueName: "name"))
  var rule: String?

  @Option(help: ArgumentHelp("How much of the time around it is looked at, like 30m.", valueName: "time"))
  var around = DurationText(milliseconds: 1_800_000)

  func validate() throws {
    guard (alert == nil) == (vehicle != nil && at != nil && rule != nil), alert == nil || vehicle == nil else {
      throw ValidationError("give the id of an alert, or --vehicle, --at and --rule")
    }
    if let at, TimeWindow.instant(at) == nil {
      throw ValidationError("--at takes a time in UTC, like 2026-10-01T06:00:00Z")
    }
  }

  func run() async throws {
    try await ExitStatus.reporting {
      let store = try store.open()
      let explanation = try Explanation(store: store)
      let lines: [String]
      if let alert {
        guard let stored = try store.alert(alert) else {
          throw StoreError(
            .missing, "there is no alert \(alert), or several begin so. `tripline alerts list -o ndjson` has their ids."
          )
        }
        lines = try explanation.lines(of: stored)
      } else {
        lines = try explanation.lines(
          ofVehicle: vehicle ?? "", rule: rule ?? "", at: at.flatMap(TimeWindow.instant) ?? 0,
          around: around.milliseconds)
      }
      for line in lines { print(line) }
    }
  }
}
