import ArgumentParser
import Foundation
import TriplineAlerts
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
          tripline silence add 'alertname=~"Long.*"' 'vehicle="4711"' --for 30m --comment 'in the workshop'
        """)

    @OptionGroup var store: AlertStoreOption

    @Argument(help: "What labels have to be, all of it: name=\"value\", !=, =~ or !~.")
    var matchers: [String]

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, like 2h.", valueName: "time"))
    var length: DurationText

    @Option(help: ArgumentHelp("After what time it begins, like 30m; now unless given.", valueName: "time"))
    var after: DurationText?

    @Option(help: "Why.")
    var comment: String

    @Option(help: "Who says so; the user unless given.")
    var author: String?

    func validate() throws {
      guard length.milliseconds > 0 else { throw ValidationError("--for takes a length of time, like 2h") }
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
      let silence = Silence(
        id: UUID().uuidString.lowercased(), matchers: matchers, startsAt: start, endsAt: start + length.milliseconds,
        author: author ?? ProcessInfo.processInfo.environment["USER"] ?? NSUserName(), comment: comment)
      try await ExitStatus.reporting { try store.open().keep(silence) }
      print(silence.id)
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

    func run() async throws {
      try await ExitStatus.reporting {
        let times = LocalTime(.current, "yyyy-MM-dd HH:mm:ss")
        let table = TableText(widths: [36, 20, 20, 12])
        for silence in try store.open().silences(after: all ? .min : SilenceCommand.now) {
          let matchers = silence.matchers.map(\.description).joined(separator: " ")
          guard output == .table else {
            print(try JSONLine.text(silence), terminator: "")
            continue
          }
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
