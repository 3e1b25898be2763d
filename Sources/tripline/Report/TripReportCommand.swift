import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats
import TriplineReports

/// `tripline report trip`
struct TripReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trip",
    abstract: "One track: map, speed, stops, trips, events, scores and why, data quality.",
    discussion: """
      The page opens from disk with the network off, prints, and has at most a
      megabyte. A file with several tracks needs --track; a long track is cut with
      --from and --to, which change nothing of what is left.

      Examples:
        tripline report trip drive.gpx --time-zone Europe/Prague -O trip.html
        tripline report trip drives.csv.gz --track 4711 --fences depots.geojson -O trip.html
      """)

  @OptionGroup var options: ReportOptions

  @Option(help: "The id of the track, where there are several.")
  var track: String?

  @Option(help: "The id of its vehicle, where several vehicles have a track of that id.")
  var vehicle: String?

  func run() throws {
    let (input, window, zone) = (options.input, options.window, options.scoring.zone)
    let configuration = try options.configuration
    let fences = try options.fences.fences(isStrict: input.strict)
    let progress = ProgressLine(inputs: input.tracks.count)
    var found: [UInt32: [Fix]] = [:]
    let read = TrackInputs(reading: input.files, format: input.format, progress: progress.update) { batch, tracks in
      for fix in batch where isWanted(tracks[fix.vehicle]) {
        // Of more tracks than one the fixes are not needed: which ones there are is what is told then.
        if found.isEmpty || found[fix.vehicle] != nil { found[fix.vehicle, default: []].append(fix) }
      }
    }
    progress.finish()
    try ExitStatus.check(read.report, failures: read.failures, isStrict: input.strict)
    let index = try chosen(among: read.tracks)
    try ExitStatus.exiting { () throws(FormatError) in
      let report = try TripReport(
        read.tracks[index], fixes: found[index] ?? [], fences: fences, configuration: configuration,
        from: window.start, to: window.end)
      try options.write(try report.page(in: zone))
    }
  }

  private func isWanted(_ candidate: TrackTable.Track) -> Bool {
    (track == nil || candidate.trackID == track) && (vehicle == nil || candidate.vehicleID == vehicle)
  }

  /// The one track that is meant; says which ones there are where it is not one.
  private func chosen(among tracks: TrackTable) throws -> UInt32 {
    let wanted = tracks.tracks.indices.filter { isWanted(tracks.tracks[$0]) }
    if wanted.count == 1 { return UInt32(wanted[0]) }
    let listed = (wanted.isEmpty ? Array(tracks.tracks.indices) : wanted).map { tracks.tracks[$0] }
    let names = listed.prefix(10).map { "\($0.trackID) of vehicle \($0.vehicleID)" }.joined(separator: ", ")
    guard !listed.isEmpty else {
      Messages.error("there is no track in what was given; look at it with tripline tracks summary")
      throw ExitStatus.badData
    }
    let more = listed.count > 10 ? " and \(listed.count - 10) more" : ""
    if wanted.isEmpty {
      Messages.error("there is no such track; there are \(names)\(more)")
    } else {
      Messages.error("choose one track with --track, and --vehicle where that is not enough; there are \(names)\(more)")
    }
    throw ExitStatus.badData
  }
}
