import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// `tripline fences stats`
struct StatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Tell how fences are visited by recorded tracks: how often, for how long, when.",
    discussion: """
      A line a fence, most visited first: visits and vehicles, the median and the
      95th percentile of the time inside, the first entry and the last exit, and
      the share of visits without a stop. With --by, one of these by weekday or
      hour of the entry instead. NDJSON has it all.

      Examples:
        tripline fences stats drives.csv.gz --fences depots.geojson
        tripline fences stats drives.csv.gz --fences zones.geojson --by weekday
        tripline fences stats d.csv.gz --fences zones.geojson --by hour --figure p95
      """)

  @OptionGroup var input: TrackFiles

  @OptionGroup var fences: TrackFences

  @Option(help: "A figure by weekday or by hour.")
  var by: Period?

  @Option(help: "Which figure: visits, median or p95 for the time inside in seconds, or drive-through for the share.")
  var figure = Figure.visits

  @Option(help: "The time zone of weekdays and hours, like Europe/Prague.")
  var timezone = "UTC"

  @Flag(help: "Fences without visits too.")
  var all = false

  @Option(name: .shortAndLong, help: "table, ndjson or csv.")
  var output = Format.table

  enum Figure: String, ExpressibleByArgument, CaseIterable {
    case visits, median, p95
    case driveThrough = "drive-through"
  }
  enum Period: String, ExpressibleByArgument, CaseIterable { case weekday, hour }
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson, csv }

  func validate() throws {
    guard !fences.files.isEmpty else { throw ValidationError("give at least one file with --fences") }
    guard figure == .visits || by != nil else { throw ValidationError("--figure needs --by weekday or --by hour") }
    guard TimeZone(identifier: timezone) != nil else {
      throw ValidationError("there is no time zone \(timezone); give one like Europe/Prague")
    }
    try FenceFiles.refuseTwoInputs(fences.files + input.tracks)
  }

  func run() async throws {
    let zone = TimeZone(identifier: timezone) ?? .gmt
    let set = try fences.set(for: .live, isStrict: input.strict)
    let replay = Replay(fences: set, jobs: ProcessInfo.processInfo.activeProcessorCount)
    let progress = ProgressLine(inputs: input.tracks.count)
    var statistics = FenceStatistics(timeZone: zone)
    let summary = try await replay.run(input.files, format: input.format, progress: progress.update) { events, _ in
      statistics.add(events)
    }
    progress.finish()
    let rows = statistics.rows(fenceCount: set.count).filter { all || $0.total.visits > 0 }
      .sorted { ($1.total.visits, set.id(of: $0.fence)) < ($0.total.visits, set.id(of: $1.fence)) }
    let lines = output == .ndjson ? try rows.map { try JSONLine.text(FenceRecord($0, set)) } : lines(rows, set)
    try ExitStatus.exiting { () throws(FormatError) in
      var sink = OutputSink.standardOutput()
      for line in lines { try sink.write(line) }
      try sink.flush()
    }
    try ExitStatus.check(summary.report, failures: summary.failures, isStrict: input.strict)
  }

  // MARK: Output

  private func lines(_ rows: [FenceStatistics.Row], _ set: FenceSet) -> [String] {
    let columns: [String]
    let widths: [Int]
    switch by {
    case nil:
      columns = ["visits", "vehicles", "median_s", "p95_s", "first_in", "last_out", "drive_through"]
      widths = [8, 9, 12, 12, 24, 24]
    case .weekday:
      columns = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
      widths = Array(repeating: 7, count: 6)
    case .hour:
      columns = (0..<24).map { String(format: "%02d", $0) }
      widths = Array(repeating: figure == .visits ? 4 : 7, count: 23)
    }
    if output == .csv {
      return
        ([["fence_id"] + columns]
        + rows.map { [CSVText.field(set.id(of: $0.fence))] + cells($0, isForPeople: false) })
        .map { $0.joined(separator: ",") + "\n" }
    }
    let header = ["FENCE"] + columns.map { $0.replacing("_s", with: "").replacing("_", with: " ").uppercased() }
    let table = TableText(widths: [28] + widths)
    return ([header] + rows.map { [set.id(of: $0.fence)] + cells($0, isForPeople: true) }).map(table.line)
  }

  private func cells(_ row: FenceStatistics.Row, isForPeople: Bool) -> [String] {
    switch by {
    case .weekday: return row.byWeekday.map(text)
    case .hour: return row.byHour.map(text)
    case nil:
      func length(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return "" }
        let seconds = milliseconds / 1000
        if !isForPeople { return "\(Double(milliseconds) / 1000)" }
        return seconds < 3600 ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
      }
      let total = row.total
      let share = total.driveThroughShare.map { isForPeople ? String(format: "%.0f %%", $0 * 100) : "\($0)" } ?? ""
      return [
        "\(total.visits)", "\(row.vehicles)", length(total.medianDwell), length(total.percentile95Dwell),
        row.firstEntry.flatMap { Timestamp.text($0) } ?? "", row.lastExit.flatMap { Timestamp.text($0) } ?? "", share,
      ]
    }
  }
}

extension StatsCommand {
  /// The figure that was asked for; nothing where there are no visits to take it of.
  private func text(_ figures: FenceStatistics.Figures) -> String {
    switch figure {
    case .visits: "\(figures.visits)"
    case .median: figures.medianDwell.map { "\($0 / 1000)" } ?? ""
    case .p95: figures.percentile95Dwell.map { "\($0 / 1000)" } ?? ""
    case .driveThrough: figures.driveThroughShare.map { String(format: "%.2f", $0) } ?? ""
    }
  }
}

/// A fence's statistics as they stand in NDJSON.
private struct FenceRecord: Encodable {
  /// Of some visits.
  struct Figures: Encodable {
    var visits: Int
    var medianS: Double?
    var p95S: Double?
    var totalS: Double
    var driveThrough: Double?

    init(_ figures: FenceStatistics.Figures) {
      visits = figures.visits
      medianS = figures.medianDwell.map { Double($0) / 1000 }
      p95S = figures.percentile95Dwell.map { Double($0) / 1000 }
      totalS = Double(figures.totalDwell) / 1000
      driveThrough = figures.driveThroughShare
    }
  }

  var fenceID: String
  var name: String?
  var visits: Int
  var vehicles: Int
  var medianS: Double?
  var p95S: Double?
  var totalS: Double
  var firstIn: String?
  var lastOut: String?
  var driveThrough: Double?
  var byWeekday: [Figures]
  var byHour: [Figures]

  init(_ row: FenceStatistics.Row, _ set: FenceSet) {
    let total = Figures(row.total)
    fenceID = set.id(of: row.fence)
    name = set.name(of: row.fence)
    visits = total.visits
    vehicles = row.vehicles
    medianS = total.medianS
    p95S = total.p95S
    totalS = total.totalS
    firstIn = row.firstEntry.flatMap { Timestamp.text($0) }
    lastOut = row.lastExit.flatMap { Timestamp.text($0) }
    driveThrough = total.driveThrough
    byWeekday = row.byWeekday.map { Figures($0) }
    byHour = row.byHour.map { Figures($0) }
  }
}
