import ArgumentParser
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
        Examples:
          tripline rules check rules.yaml
          tripline rules check rules.yaml && tripline backtest --rules rules.yaml tripline.db
        """)

    @Argument(help: "The file of rules.")
    var file: String

    @OptionGroup(title: "FENCES") var fenceFiles: FenceFiles

    func run() throws {
      let file = try RuleFile(file, reader: fenceFiles.reader)
      let set = RuleFile.set(file.fences)
      let isWhole = file.warnOfMissingFences(in: set)
      for rule in file.configuration.rules { print(rule.name) }
      Messages.note("\(file.configuration.rules.count) rules, \(set.count) fences")
      if !isWhole { throw ExitStatus.answerIsNo }
    }
  }
}
