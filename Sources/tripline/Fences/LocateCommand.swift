import ArgumentParser
import TriplineCore
import TriplineFormats

/// `tripline fences locate`
struct LocateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "locate",
    abstract: "Tell for each point of a CSV file in which fences it lies.",
    discussion: """
      Prints row (0-based), fence_id and location: "interior", or "boundary" for a
      point exactly on an edge or a corner. A point outside a fence gives no row
      for it, nor one below its floor or above its ceiling; without an altitude
      heights do not matter.

      Examples:
        tripline fences locate --fences counties.geojson.gz points.csv -o csv
        zcat points.csv.gz | tripline fences locate --fences depots.geojson -
      """)

  @Option(
    name: .customLong("fences"),
    help: "A file of fences, GeoJSON, KML or well-known text, plain or gzip; - is standard input. May be repeated.")
  var fenceFiles: [String] = []

  @OptionGroup var fences: FenceFiles

  @Argument(help: "A CSV file with columns lat and lon, perhaps altitude, plain or gzip; - is standard input.")
  var points: String

  @Option(name: .shortAndLong, help: "csv or ndjson.")
  var output = Format.csv

  @Flag(help: "Exit with status 65 if anything in the input is bad.")
  var strict = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, ndjson }

  func validate() throws {
    guard !fenceFiles.isEmpty else { throw ValidationError("give at least one file with --fences") }
    try FenceFiles.refuseTwoInputs(fenceFiles + [points])
  }

  func run() throws {
    let set = try fences.set(of: fenceFiles, for: .live, isStrict: strict)
    var sink = OutputSink.standardOutput()
    let report = try ExitStatus.exiting { () throws(FormatError) in
      var reader = try PointReader(InputFile(path: points))
      var batch: [QueryPoint] = []
      if output == .csv { try sink.write("row,fence_id,location\n") }
      while try reader.read(into: &batch) {
        for point in batch {
          for (fence, location) in set.locations(of: point.coordinate)
          where point.altitude.map({ set.contains(altitude: $0, in: fence) }) ?? true {
            try sink.write(line(point.row, set.id(of: fence), location))
          }
        }
        batch.removeAll(keepingCapacity: true)
      }
      try sink.flush()
      return reader.report
    }
    try ExitStatus.check(report, failures: [], isStrict: strict)
  }

  private func line(_ row: Int, _ fence: String, _ location: Location) -> String {
    switch output {
    case .csv: "\(row),\(CSVText.field(fence)),\(location)\n"
    case .ndjson: (try? JSONLine.text(Row(row: row, fenceID: fence, location: "\(location)"))) ?? ""
    }
  }

  private struct Row: Encodable {
    var row: Int
    var fenceID: String
    var location: String
  }
}
