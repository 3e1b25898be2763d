import ArgumentParser
import Foundation
import TriplineAlerts

/// `tripline receivers …`
struct ReceiversCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receivers", abstract: "Try those who are told of alerts.", subcommands: [TestCommand.self])

  /// `tripline receivers test`
  struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test",
      abstract: "Send a test to each sink of receivers, as the service sends alerts; exit status 1 if one fails.",
      discussion: """
        The test says that it is one: the rule is TriplineTest, the vehicle test. It
        goes past routes, schedules and silences, is tried once, and is not kept. In
        an Alertmanager it is over after five minutes.

        Examples:
          tripline receivers test tripline.yaml
          tripline receivers test tripline.yaml --receiver oncall
        """)

    @Argument(help: "The configuration.")
    var file: String

    @Option(help: ArgumentHelp("Only this receiver; may be repeated.", valueName: "name"))
    var receiver: [String] = []

    func run() async throws {
      let receivers = try RuleFile.configuration(file).receivers
      let names = receivers.map(\.name)
      if let unknown = receiver.first(where: { !names.contains($0) }) {
        Messages.error("\(file) has no receiver \(unknown); there are \(names.joined(separator: ", "))")
        throw ExitStatus.noInput
      }
      let trial = try ReceiverTrial(receivers, environment: ProcessInfo.processInfo.environment, file: file)
      let sinks = receivers.filter { receiver.isEmpty || receiver.contains($0.name) }.flatMap(\.sinks)
      let table = TableText(widths: [30])
      var failed = 0
      for sink in sinks {
        let problem = await trial.problem(of: sink.id)
        failed += problem == nil ? 0 : 1
        let line = table.line([sink.id, problem ?? "delivered"])
        FileHandle.standardOutput.write(Data(line.utf8))
      }
      Messages.note("\(CountText.text(sinks.count, "sink")), \(failed) failed")
      if failed > 0 { throw ExitStatus.answerIsNo }
    }
  }
}
