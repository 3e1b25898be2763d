import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats

/// `tripline schedule …`
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule", abstract: "Look at the schedules of a file of rules.", subcommands: [ExplainCommand.self])

  /// `tripline schedule explain`
  struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "explain",
      abstract: "Tell whether moments are in a schedule, and when that changes next; exit status 1 if one is not.",
      discussion: """
        Examples:
          tripline schedule explain work --rules rules.yaml --at 2026-03-29T01:30:00Z
          tripline schedule explain night --rules rules.yaml
        """)

    @Argument(help: "The name of the schedule.")
    var name: String

    @Option(help: ArgumentHelp("The file of rules.", valueName: "file"))
    var rules: String

    @Option(
      help: ArgumentHelp("A moment, a day or a time in UTC; may be repeated; now unless given.", valueName: "time"))
    var at: [String] = []

    @Option(name: .shortAndLong, help: "table or ndjson.")
    var output = ListFormat.table

    @Flag(help: "Do not look for the next change, which may be a year away.")
    var onlyNow = false

    private struct Record: Encodable {
      var at: String?
      var isIn: Bool
      var nextChange: String?
    }

    func validate() throws {
      guard at.allSatisfy({ TimeWindow.instant($0) != nil }) else {
        throw ValidationError("--at takes a day or a time in UTC, like 2026-10-01 or 2026-10-01T06:00:00Z")
      }
    }

    func run() throws {
      let configuration = try RuleFile.configuration(rules)
      guard let schedule = configuration.schedules[name] else {
        Messages.error(
          "\(rules) has no schedule \(name); there are \(configuration.schedules.keys.sorted().joined(separator: ", "))"
        )
        throw ExitStatus.noInput
      }
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      let moments = at.isEmpty ? [now] : at.compactMap(TimeWindow.instant)
      for moment in moments { try explain(moment, schedule, configuration.zone) }
      if !moments.allSatisfy(schedule.contains) { throw ExitStatus.answerIsNo }
    }

    private func explain(_ moment: Int64, _ schedule: Schedule, _ zone: TimeZone) throws {
      let isIn = schedule.contains(moment)
      if output == .ndjson {
        let next = onlyNow ? nil : schedule.nextChange(after: moment).flatMap { Timestamp.text($0) }
        return print(
          try JSONLine.text(Record(at: Timestamp.text(moment), isIn: isIn, nextChange: next)), terminator: "")
      }
      print("\(text(moment, zone)): \(isIn ? "in" : "not in") \(name)")
      for (number, interval) in schedule.intervals.enumerated() where schedule.intervals.count > 1 {
        print(
          "  interval \(number + 1) (\(interval.zone.identifier), \(text(moment, interval.zone))): \(interval.contains(moment) ? "in" : "not in")"
        )
      }
      for calendar in schedule.calendars {
        print(
          "  \(calendar.file) (\(calendar.zone.identifier), \(text(moment, calendar.zone))): \(calendar.contains(moment) ? "in" : "not in")"
        )
      }
      if !onlyNow, let change = schedule.nextChange(after: moment) {
        print("\(text(change, zone)): \(isIn ? "out of" : "in") \(name)")
      }
    }

    private func text(_ moment: Int64, _ zone: TimeZone) -> String {
      LocalTime(zone, "EEE yyyy-MM-dd HH:mm xxx").text(moment)
    }
  }
}
