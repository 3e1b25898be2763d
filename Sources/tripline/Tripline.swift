import ArgumentParser

/// The `tripline` command.
@main
struct Tripline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tripline",
    abstract: "Geofences and trips from recorded tracks and from MyCarTracks.",
    discussion: """
      Data goes to standard output, everything else to standard error.

      Exit statuses: 0 done, 1 the answer is no (lint findings), 64 wrong usage,
      65 bad input data, 66 input missing, 69 server not available, 70 internal error,
      73 cannot write, 75 requests used up for now, 77 not allowed, 78 bad configuration.

      Examples:
        tripline replay drives.csv.gz --fences depots.geojson
        tripline score drives.csv.gz --by vehicle
        tripline tracks summary drives.csv.gz -o ndjson
      """,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, RunCommand.self, WatchCommand.self, AlertsCommand.self, ExplainCommand.self,
      StatusCommand.self, SilenceCommand.self, DeliveriesCommand.self, ReceiversCommand.self, RoutesCommand.self,
      WebhookCommand.self,
      BacktestCommand.self, TestCommand.self, RulesCommand.self,
      ScheduleCommand.self, ReplayCommand.self, ScoreCommand.self, ReportCommand.self, TracksCommand.self,
      FencesCommand.self,
      BenchCommand.self, SyncCommand.self, StoreCommand.self, AuthCommand.self, VehiclesCommand.self,
      SandboxCommand.self, ContractCommand.self,
    ]
  )
}
