import ArgumentParser

/// `tripline fences …`
struct FencesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fences", abstract: "Look at fences.",
    discussion: """
      Examples:
        tripline fences lint depots.geojson
        tripline fences locate --fences depots.geojson points.csv
      """,
    subcommands: [LocateCommand.self, LintCommand.self, StatsCommand.self])
}
