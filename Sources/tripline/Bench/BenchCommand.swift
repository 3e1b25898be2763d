import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// `tripline bench …`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast recorded tracks go through the engine, on this machine.",
    discussion: """
      Examples:
        tripline bench drives.csv.gz --fences depots.geojson
        tripline bench drives.csv.gz -o json > before.json
      """,
    subcommands: [BenchRunCommand.self, BenchCompareCommand.self], defaultSubcommand: BenchRunCommand.self)
}

/// `tripline bench run`, which is what `tripline bench` is
struct BenchRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Measure decoding and the engine with more and more of its parts; what bench does by itself.",
    discussion: """
      Each part runs several times on one core, and what is told is CPU time a fix:
      the shortest and the median run. Files are read into memory before. Counts of
      fixes and events tell whether two runs have done the same.

      Examples:
        tripline bench run drives.csv.gz --fences depots.geojson
        tripline bench run drives.csv.gz --repeat 9 -o json > after.json
      """)

  @OptionGroup var input: TrackFiles

  @OptionGroup var fences: TrackFences

  @Option(name: .customLong("repeat"), help: "How often each part is run.")
  var repetitions = 5

  @Option(name: .shortAndLong, help: "table or json.")
  var output = Format.table

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

  func validate() throws {
    guard (1...1000).contains(repetitions) else { throw ValidationError("--repeat takes a number from 1 to 1000") }
    try FenceFiles.refuseTwoInputs(fences.files + input.tracks)
  }

  func run() throws {
    let set = try fences.set(for: .live, isStrict: input.strict)
    let paths = FolderFiles.files(input.tracks)
    var inputs: [InputFile] = []
    for path in paths {
      inputs.append(
        try ExitStatus.exiting { () throws(FormatError) in try InputFile(path: path).loaded() })
    }
    var bench = BenchRun(inputs, format: input.format, repetitions: repetitions)
    try ExitStatus.exiting { () throws(FormatError) in try bench.decode() }
    bench.run("trips", fences: try FenceSet([]))
    if !fences.files.isEmpty { bench.run("trips, fences", fences: set) }
    bench.run(fences.files.isEmpty ? "trips, scores" : "trips, fences, scores", fences: set, scores: true)
    let text = output == .json ? try bench.result.text : bench.result.table
    try ExitStatus.exiting { () throws(FormatError) in
      var sink = OutputSink.standardOutput()
      try sink.write(text)
      try sink.flush()
    }
    try ExitStatus.check(bench.report, failures: [], isStrict: input.strict)
  }
}

/// `tripline bench compare`
struct BenchCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put two results of bench side by side.",
    discussion: """
      Ends with 1 where the two have not done the same: other fixes, other events.

      Examples:
        tripline bench compare before.json after.json
      """)

  @Argument(help: "A file that tripline bench -o json wrote.")
  var before: String

  @Argument(help: "Another one.")
  var after: String

  func run() throws {
    let (a, b) = try ExitStatus.exiting { () throws(FormatError) in
      (try BenchResult.read(before), try BenchResult.read(after))
    }
    let table = TableText(widths: [24, 12, 12, 8])
    var text = table.line(["PART", "BEFORE ns", "AFTER ns", "RATIO", ""])
    var isSame = true
    for part in a.parts {
      guard let other = b.parts.first(where: { $0.name == part.name }) else {
        text += table.line([part.name, BenchResult.number(part.medianNs), "", "", "not in the second one"])
        isSame = false
        continue
      }
      let agrees = part.fixes == other.fixes && part.events == other.events
      isSame = isSame && agrees
      let remark = agrees ? "" : "\(part.fixes) fixes, \(part.events) events; \(other.fixes), \(other.events)"
      text += table.line([
        part.name, BenchResult.number(part.medianNs), BenchResult.number(other.medianNs),
        String(format: "%.2f", other.medianNs / part.medianNs), remark,
      ])
    }
    for part in b.parts where !a.parts.contains(where: { $0.name == part.name }) {
      text += table.line([part.name, "", BenchResult.number(part.medianNs), "", "not in the first one"])
      isSame = false
    }
    try ExitStatus.exiting { () throws(FormatError) in
      var sink = OutputSink.standardOutput()
      try sink.write(text)
      try sink.flush()
    }
    if !isSame { throw ExitStatus.answerIsNo }
  }
}
