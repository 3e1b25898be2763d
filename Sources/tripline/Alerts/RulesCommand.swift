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
      let known = (ids: Set(set.ids), tags: Set((0..<UInt32(set.count)).flatMap { set.tags(of: $0) }))
      var isWhole = true
      for rule in file.configuration.rules where rule.trigger.isOfFences {
        var missing: [String] = []
        switch rule.fences {
        case .all: break
        case .ids(let ids): missing = ids.subtracting(known.ids).map { "id \($0)" }
        case .tags(let tags): missing = tags.subtracting(known.tags).map { "tag \($0)" }
        }
        for name in missing.sorted() {
          Messages.warning("\(rule.name): no fence has the \(name)")
          isWhole = false
        }
      }
      for rule in file.configuration.rules { print(rule.name) }
      Messages.note("\(file.configuration.rules.count) rules, \(set.count) fences")
      if !isWhole { throw ExitStatus.answerIsNo }
    }
  }
}
