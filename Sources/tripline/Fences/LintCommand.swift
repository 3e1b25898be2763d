import ArgumentParser
import TriplineCore
import TriplineFormats

/// `tripline fences lint`
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Tell what is wrong with drawn fences, where, and what to do about it.",
    discussion: """
      Finds rings that cross or touch themselves, are not closed, have a corner
      twice in a row, no area, or next to none, holes outside their outline, and
      everything for which a fence cannot be used. Exit status 1 if anything is
      found. Features, polygons, rings and positions count from 1; the first ring
      of a polygon is its outline.

      With recorded tracks it also finds fences that are too small for them:
      smaller than the accuracy of the fixes, or than the way between two fixes.

      Examples:
        tripline fences lint depots.geojson
        tripline fences lint --fence-id code cities.geojson.gz -o ndjson
        tripline fences lint depots.geojson --tracks drives.csv.gz
      """)

  @Argument(help: "GeoJSON, KML or well-known text, plain or gzip; - is standard input.")
  var file: String

  @Option(
    parsing: .upToNextOption, help: "Recorded tracks that the fences are to be large enough for: CSV, NDJSON or GPX.")
  var tracks: [String] = []

  @OptionGroup var reading: FenceFiles

  @Option(name: .shortAndLong, help: "table or ndjson.")
  var output = Format.table

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson }

  func run() throws {
    let result = try ExitStatus.exiting { () throws(FormatError) in
      try reading.reader.read(InputFile(path: file))
    }
    var sink = OutputSink.standardOutput()
    var count = 0
    for problem in result.report.problems {
      count += 1
      try write(FindingRecord(problem), text: problem.description, to: &sink)
    }
    for (fence, place) in zip(result.fences, result.places) {
      for finding in fence.findings() {
        count += 1
        try write(FindingRecord(finding, at: place), text: "\(place): \(finding)", to: &sink)
      }
    }
    for finding in try samplingFindings(of: result.fences) {
      count += 1
      let index = result.fences.firstIndex { $0.id == finding.fenceID }
      let place = index.map { result.places[$0] } ?? .init(file: file)
      try write(FindingRecord(finding, at: place), text: "\(place): \(finding)", to: &sink)
    }
    try ExitStatus.exiting { () throws(FormatError) in try sink.flush() }
    let features = result.report.rows == 1 ? "1 feature" : "\(result.report.rows) features"
    Messages.note("\(features), \(count == 1 ? "1 finding" : "\(count) findings")")
    if count > 0 { throw ExitStatus.answerIsNo }
  }

  /// What the tracks tell of the fences.
  private func samplingFindings(of fences: [Fence]) throws -> [FenceFinding] {
    guard !tracks.isEmpty else { return [] }
    var problems: [FenceError] = []
    var sampling = FenceSampling(FenceSet(fences, problems: &problems))
    let (report, failures) = sampling.read(tracks.map { InputFile(path: $0) })
    try ExitStatus.check(report, failures: failures, isStrict: false)
    return sampling.findings()
  }

  private func write(_ record: FindingRecord, text: String, to sink: inout OutputSink) throws {
    let line = output == .table ? text + "\n" : try JSONLine.text(record)
    try ExitStatus.exiting { () throws(FormatError) in try sink.write(line) }
  }
}

/// A finding as it stands in NDJSON.
private struct FindingRecord: Encodable {
  var file: String
  var kind: String
  var feature: Int?
  var fenceID: String?
  var polygon: Int?
  var ring: Int?
  var latitude: Double?
  var longitude: Double?
  var message: String

  init(_ problem: FormatError) {
    file = problem.place.file
    kind = problem.code.description
    feature = problem.place.feature
    fenceID = problem.place.featureID
    message = problem.message
  }

  init(_ finding: FenceFinding, at place: FormatError.Place) {
    file = place.file
    feature = place.feature
    kind = finding.kind.rawValue
    fenceID = finding.fenceID
    polygon = finding.polygon.map { $0 + 1 }
    ring = finding.ring.map { $0 + 1 }
    latitude = finding.coordinate?.latitude
    longitude = finding.coordinate?.longitude
    message = finding.message
  }
}
