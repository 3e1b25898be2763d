import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats
import TriplineStore

/// `tripline silence …`
struct SilenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "silence", abstract: "Keep alerts from being told for a time, by their labels.",
    subcommands: [AddCommand.self, ListCommand.self, ExpireCommand.self])

  private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

  /// `tripline silence add`
  struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Add a silence; prints its id. A service that runs takes it up within seconds.",
      discussion: """
        What still fires when it is over is told then.

        Examples:
          tripline silence add 'fence="depot-north"' --for 2h --comment 'road works'
          tripline silence add 'fence="yard"' --until 2026-12-01T06:00:00Z --comment 'closed'
          tripline silence add 'alertname=~"Long.*"' 'vehicle="4711"' --for 30m --comment 'in the workshop'
        """)

    @OptionGroup var store: AlertStoreOption

    @Argument(help: "What labels have to be, all of it: name=\"value\", !=, =~ or !~.")
    var matchers: [String]

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, like 2h.", valueName: "time"))
    var length: DurationText?

    @Option(help: ArgumentHelp("When it is over, a day or a time in UTC, in place of --for.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("After what time it begins, like 30m; now unless given.", valueName: "time"))
    var after: DurationText?

    @Option(help: "Why.")
    var comment: String

    @Option(help: "Who says so; the user unless given.")
    var author: String?

    func validate() throws {
      guard (length == nil) == (until != nil) else { throw ValidationError("give --for or --until") }
      guard length?.milliseconds != 0 else { throw ValidationError("--for takes a length of time, like 2h") }
      if let until {
        guard let end = TimeWindow.instant(until) else {
          throw ValidationError("--until takes a day or a time in UTC, like 2026-10-01 or 2026-10-01T06:00:00Z")
        }
        guard end > SilenceCommand.now + (after?.milliseconds ?? 0) else {
          throw ValidationError("--until takes a time behind the beginning, and \(until) is over by then")
        }
      }
      guard comment.contains(where: { !$0.isWhitespace }) else {
        throw ValidationError("--comment takes a word on why, for those who find the silence")
      }
      for text in matchers { _ = try Self.matcher(text) }
    }

    private static func matcher(_ text: String) throws -> Matcher {
      do {
        return try Matcher(text)
      } catch {
        throw ValidationError("\(text): \(error)")
      }
    }

    func run() async throws {
      let matchers = try matchers.map(Self.matcher)
      let start = SilenceCommand.now + (after?.milliseconds ?? 0)
      let end = until.flatMap(TimeWindow.instant) ?? start + (length?.milliseconds ?? 0)
      let silence = Silence(
        id: UUID().uuidString.lowercased(), matchers: matchers, startsAt: start, endsAt: end,
        author: author ?? ProcessInfo.processInfo.environment["USER"] ?? NSUserName(), comment: comment)
      try await ExitStatus.reporting {
        let store = try store.open()
        try store.keep(silence)
        print(silence.id)
        try Self.note(matchers, store)
      }
    }

    /// Says what it matches now, and what it may never match.
    private static func note(_ matchers: [Matcher], _ store: AlertStore) throws {
      let firing = try store.alerts(in: .min..<(.max), isFiring: true)
      let count = firing.count { one in matchers.allSatisfy { $0.matches(one.alert.labels) } }
      let what = count == 0 ? "nothing that fires" : CountText.text(count, "alert that fires", "alerts that fire")
      Messages.note("it matches \(what) now")
      guard let rules = try RulesInForce(store)?.alerts.rules else { return }
      let labels = rules.reduce(into: Set(["alertname", "vehicle", "fence", "other"])) { $0.formUnion($1.labels.keys) }
      for matcher in matchers where !labels.contains(matcher.label) {
        let names = labels.sorted().joined(separator: ", ")
        Messages.note("no rule in force has the label \(matcher.label); there are \(names)")
      }
      let names = rules.map(\.name)
      for matcher in matchers where matcher.label == "alertname" {
        guard !names.contains(where: { matcher.matches(["alertname": $0]) }) else { continue }
        Messages.note("\(matcher) is no rule in force; there are \(names.joined(separator: ", "))")
      }
    }
  }

  /// `tripline silence list`
  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List silences that are not over.",
      discussion: """
        Examples:
          tripline silence list
          tripline silence list --all -o ndjson
        """)

    @OptionGroup var store: AlertStoreOption

    @Flag(help: "Those that are over, too.")
    var all = false

    @Option(name: .shortAndLong, help: "table or ndjson.")
    var output = ListFormat.table

    private struct Record: Encodable {
      var id: String
      var matchers: [String]
      var startsAt: String?
      var endsAt: String?
      var author: String
      var comment: String
    }

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        let times = LocalTime(try AlertStoreOption.zone(of: store))
        let table = TableText(widths: [36, 26, 26, 12])
        if output == .table { print(table.line(["SILENCE", "FROM", "TO", "AUTHOR", "WHAT AND WHY"]), terminator: "") }
        for silence in try store.silences(after: all ? .min : SilenceCommand.now) {
          guard output == .table else {
            let record = Record(
              id: silence.id, matchers: silence.matchers.map(\.description),
              startsAt: Timestamp.text(silence.startsAt), endsAt: Timestamp.text(silence.endsAt),
              author: silence.author, comment: silence.comment)
            print(try JSONLine.text(record), terminator: "")
            continue
          }
          let matchers = silence.matchers.map(\.description).joined(separator: " ")
          print(
            table.line([
              silence.id, times.text(silence.startsAt), times.text(silence.endsAt), silence.author,
              "\(matchers): \(silence.comment)",
            ]), terminator: "")
        }
      }
    }
  }

  /// `tripline silence expire`
  struct ExpireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "expire", abstract: "End silences now.",
      discussion: """
        Examples:
          tripline silence expire 6f2a9b1c-2d3e-4f50-8a7b-9c0d1e2f3a4b
        """)

    @OptionGroup var store: AlertStoreOption

    @Argument(help: "The ids, as `silence list` shows them.")
    var ids: [String]

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        let now = SilenceCommand.now
        let silences = try store.silences(after: now)
        for id in ids {
          guard var silence = silences.first(where: { $0.id == id }) else {
            throw StoreError(.missing, "there is no silence \(id) that is not over. `tripline silence list` has them.")
          }
          silence.startsAt = min(silence.startsAt, now)
          silence.endsAt = now
          try store.keep(silence)
        }
      }
    }
  }
}
