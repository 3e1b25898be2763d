import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats

/// `tripline rules …`
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "Look at files of rules before they are used.", subcommands: [CheckCommand.self])

  /// `tripline rules check`
  struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract:
        "Tell whether a file of rules can be used, and what it says; exit status 78 with file, line and column if not.",
      discussion: """
        Exit status 1 means that it can be read and something in it can hardly be meant,
        or that the service could not run by it here: fences that are not there, names
        in annotations that alerts do not have, secrets that are missing or no secrets.
        What secrets are is not shown.

        Examples:
          tripline rules check rules.yaml
          tripline rules check rules.yaml && tripline backtest --rules rules.yaml tripline.db
        """)

    @Argument(help: "The file of rules.")
    var file: String

    @OptionGroup(title: "FENCES") var fenceFiles: FenceFiles

    func run() throws {
      let rules = try RuleFile(file, reader: fenceFiles.reader)
      let set = RuleFile.set(rules.fences)
      let configuration = rules.configuration
      let isWhole = rules.warnOfMissingFences(in: set)
      let warnings =
        configuration.annotationWarnings
        + SecretCheck.warnings(
          configuration.receivers, environment: ProcessInfo.processInfo.environment, file: file)
      for warning in warnings { Messages.warning(warning) }
      for rule in configuration.rules { print(rule.name) }
      Messages.note(
        [
          CountText.text(configuration.rules.count, "rule"), CountText.text(set.count, "fence"),
          CountText.text(configuration.receivers.count, "receiver"),
        ].joined(separator: ", "))
      if !isWhole || !warnings.isEmpty { throw ExitStatus.answerIsNo }
    }
  }
}
