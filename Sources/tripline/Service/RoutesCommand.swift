import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats

/// `tripline routes …`
struct RoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "Look at who is told of which alerts.", subcommands: [TestCommand.self])

  /// `tripline routes test`
  struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Tell who is told of an alert with these labels, and by which route.",
      discussion: """
        With the name of a rule as alertname the alert has the labels of that rule as
        well. Silences and inhibitions are not looked at.

        Examples:
          tripline routes test tripline.yaml alertname=LongStay vehicle=4711
          tripline routes test tripline.yaml severity=page -o ndjson
        """)

    @Argument(help: "The configuration.")
    var file: String

    @Argument(help: ArgumentHelp("Labels of the alert.", valueName: "label=value"))
    var labels: [String] = []

    @Option(name: .shortAndLong, help: "table or ndjson.")
    var output = ListFormat.table

    private struct Record: Encodable {
      var receiver: String
      var route: String
      var groupBy: [String]?
      var active: [String]
      var mute: [String]
    }

    func validate() throws {
      for text in labels where Self.label(text) == nil {
        throw ValidationError("a label is written like severity=page, and not \(text)")
      }
    }

    func run() throws {
      let configuration = try RuleFile.configuration(file)
      var own: [String: String] = [:]
      for (name, value) in labels.compactMap(Self.label) { own[name] = value }
      let all = withRule(own, configuration)
      let table = TableText(widths: [20, 32])
      if output == .table { print(table.line(["RECEIVER", "ROUTE", "HOW"]), terminator: "") }
      for route in configuration.notification.route.matches(for: all) {
        let record = Record(
          receiver: route.receiver, route: route.path, groupBy: route.groupBy, active: route.active.map(\.name),
          mute: route.mute.map(\.name))
        switch output {
        case .table: print(table.line([route.receiver, route.path, Self.manner(of: route)]), terminator: "")
        case .ndjson: print(try JSONLine.text(record), terminator: "")
        }
      }
    }

    /// Labels with those of the rule that they name, and a word where there is no such rule.
    private func withRule(_ labels: [String: String], _ configuration: AlertConfiguration) -> [String: String] {
      guard let name = labels["alertname"] else { return labels }
      guard let rule = configuration.rules.first(where: { $0.name == name }) else {
        let names = configuration.rules.map(\.name).joined(separator: ", ")
        Messages.note("there is no rule \(name); there are \(names)")
        return labels
      }
      let more = rule.labels.filter { labels[$0.key] == nil }
      if !more.isEmpty {
        let texts = more.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        Messages.note("with \(texts.joined(separator: ", ")) of the rule \(name)")
      }
      return labels.merging(more) { own, _ in own }
    }

    /// When and with what others it is told.
    private static func manner(of route: Route) -> String {
      var words = ["each alert by itself"]
      if let labels = route.groupBy {
        let (wait, interval) = (TimeSpan.text(route.groupWait), TimeSpan.text(route.groupInterval))
        words = ["by \(labels.joined(separator: ", ")): after \(wait), then every \(interval)"]
      }
      if let again = route.repeatInterval { words.append("again after \(TimeSpan.text(again))") }
      if !route.active.isEmpty { words.append("only in \(route.active.map(\.name).joined(separator: " or "))") }
      if !route.mute.isEmpty { words.append("not in \(route.mute.map(\.name).joined(separator: " and "))") }
      return words.joined(separator: "; ")
    }

    /// A label and its value, which may stand in quotes.
    private static func label(_ text: String) -> (name: String, value: String)? {
      guard let sign = text.firstIndex(of: "="), sign > text.startIndex else { return nil }
      var value = text[text.index(after: sign)...]
      if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      return (String(text[..<sign]), String(value))
    }
  }
}
