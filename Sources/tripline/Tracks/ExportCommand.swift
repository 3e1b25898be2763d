public import ArgumentParser
import Foundation
import TriplineCore
public import TriplineFormats

/// `tripline tracks export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write tracks for other tools, as they are or cleaned, smoothed and simplified.",
    discussion: """
      csv, gpx, kml, geojson, mfjson (OGC Moving Features), kepler (the trip layer of
      kepler.gl) or gpkg (a GeoPackage, which needs -O). --clean leaves out what a
      vehicle cannot have done, and says how much of what; --smooth takes the noise
      off, --simplify leaves out fixes within an error in metres, in this order.

      Examples:
        tripline tracks export drives.csv.gz -o geojson > drives.geojson
        tripline tracks export drives.csv.gz -o gpx --clean --simplify 10
      """)

  @OptionGroup var input: TrackFiles

  @Option(name: .shortAndLong, help: "csv, gpx, kml, geojson, mfjson, kepler or gpkg; else what the name of -O says.")
  var output: ExportFormat?

  @Option(name: [.customShort("O"), .long], help: ArgumentHelp("The file to write.", valueName: "file"))
  var outputFile: String?

  @Flag(help: "Leave out fixes that cannot be right by those before and behind them.")
  var clean = false

  @Flag(help: "Move fixes to where all of them together make them most likely: a Kalman filter, there and back.")
  var smooth = false

  @Option(help: ArgumentHelp("Leave out fixes that are within so many metres of what is left.", valueName: "m"))
  var simplify: Double?

  @Option(
    help: "What --simplify measures from: line, the line that is left, or time, the place on it at the fix's time.")
  var by = Measure.line

  enum Measure: String, ExpressibleByArgument, CaseIterable { case line, time }

  func validate() throws {
    if let simplify, !(simplify >= 0 && simplify <= 1_000_000) {
      throw ValidationError("--simplify takes metres, 0 or more")
    }
    guard let format else {
      throw ValidationError("say which format with --output, or by the end of the name of --output-file")
    }
    guard format != .geopackage || outputFile != nil else {
      throw ValidationError("a GeoPackage is a file of its own; name it with --output-file")
    }
    try FenceFiles.refuseTwoInputs(input.tracks)
    try WrittenFiles.refuseOverwriting(input.tracks, by: [outputFile])
  }

  private var format: ExportFormat? { output ?? outputFile.flatMap { ExportFormat(path: $0) } }

  func run() throws {
    let progress = ProgressLine(inputs: input.tracks.count)
    let tracks = RecordedInputs(input.files, format: input.format, progress: progress.update)
    progress.finish()
    // An output is not emptied for nothing.
    if tracks.tracks.isEmpty && !tracks.failures.isEmpty {
      try ExitStatus.check(tracks.report, failures: tracks.failures, isStrict: input.strict)
    }
    var findings: [OutlierFilter.Reason: Int] = [:]
    var (leftOut, unnamed) = (0, 0)
    try ExitStatus.exiting { () throws(FormatError) in
      if format == .geopackage {
        let writer = try GeoPackageWriter(path: outputFile ?? "")
        for track in tracks.tracks { try writer.write(prepared(track, &findings)) }
        try writer.finish()
      } else {
        let sink = if let outputFile { try OutputSink(path: outputFile) } else { OutputSink.standardOutput() }
        var writer = try TrackWriter(format ?? .csv, to: sink)
        for track in tracks.tracks {
          try writer.write(prepared(track, &findings))
          unnamed += track.track.vehicleID == track.track.trackID ? 0 : 1
        }
        leftOut = writer.leftOutCount
        try writer.finish()
      }
    }
    if leftOut > 0 {
      Messages.note(
        "left out, for \((format ?? .csv).rawValue) has no room for them: \(leftOut) fixes of repeated times or of tracks of one fix"
      )
    }
    if unnamed > 0, format == .gpx || format == .kml {
      Messages.note(
        "left out, for \((format ?? .csv).rawValue) has no room for it: the vehicle of \(unnamed) tracks; csv, geojson and others have it"
      )
    }
    if clean {
      let parts = OutlierFilter.Reason.allCases.filter { findings[$0] != nil }.map { "\($0) \(findings[$0] ?? 0)" }
      Messages.note("left out: \(parts.isEmpty ? "nothing" : parts.joined(separator: ", "))")
    }
    try ExitStatus.check(tracks.report, failures: tracks.failures, isStrict: input.strict)
  }

  private func prepared(_ track: ExportedTrack, _ findings: inout [OutlierFilter.Reason: Int]) -> ExportedTrack {
    var fixes = track.fixes
    if clean {
      let found = OutlierFilter().findings(in: fixes.span)
      for finding in found { findings[finding.reason, default: 0] += 1 }
      let bad = Set(found.map(\.index))
      fixes = fixes.enumerated().filter { !bad.contains($0.offset) }.map(\.element)
    }
    if smooth { fixes = TrackSmoother().smoothed(fixes.span) }
    if let simplify {
      let measure: TrackSimplifier.Measure = by == .line ? .line : .time
      fixes = TrackSimplifier.keptIndices(of: fixes.span, tolerance: simplify, by: measure).map { fixes[$0] }
    }
    return ExportedTrack(track.track, fixes)
  }
}

extension ExportFormat: ExpressibleByArgument {}
