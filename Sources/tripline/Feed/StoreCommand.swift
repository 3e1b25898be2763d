import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats
import TriplineStore

/// `tripline store …`
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after an archive.",
    discussion: """
      Examples:
        tripline store check --archive fleet.db
        tripline store prune --older-than 400d && tripline store vacuum
        tripline store export -o csv > fleet.csv
      """,
    subcommands: [CheckCommand.self, PruneCommand.self, VacuumCommand.self, ExportCommand.self])

  /// An archive that is there already.
  private static func opened(_ option: ArchiveOption) throws -> Archive {
    try Archive(path: option.file, isNewAllowed: false)
  }

  /// `tripline store check`
  struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Tell whether an archive is whole; exit status 1 if it is not.",
      discussion: """
        Examples:
          tripline store check
          tripline store check --repair && tripline sync
        """)

    @OptionGroup var archive: ArchiveOption

    @Flag(help: "Have the next sync fetch anew what is damaged; exit status 0 then.")
    var repair = false

    func run() async throws {
      try await ExitStatus.reporting {
        let archive = try StoreCommand.opened(archive)
        let findings = try archive.check()
        for finding in findings { print(finding) }
        if repair && !findings.isEmpty { try archive.repair() }
        let counts = try archive.counts()
        Messages.note(
          "\(counts.vehicles) vehicles, \(counts.fences) fences, \(counts.tracks) tracks, \(counts.fetched) of them with their \(counts.fixes) fixes: \(findings.isEmpty ? "all is well" : "\(findings.count) findings")"
        )
        if !findings.isEmpty && !repair { throw ExitStatus.answerIsNo }
      }
    }
  }

  /// `tripline store prune`
  struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "Remove fixes of tracks that ended long ago; the tracks stay, and no sync fetches them again.",
      discussion: """
        Examples:
          tripline store prune --older-than 400d
          tripline store prune --older-than 90d --archive fleet.db
        """)

    @OptionGroup var archive: ArchiveOption

    @Option(help: ArgumentHelp("How long ago they ended, like 400d.", valueName: "time"))
    var olderThan: DurationText

    func run() async throws {
      try await ExitStatus.reporting {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let count = try StoreCommand.opened(archive).prune(before: now - olderThan.milliseconds)
        Messages.note("\(count) fixes removed; `tripline store vacuum` gives their room back")
      }
    }
  }

  /// `tripline store vacuum`
  struct VacuumCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "vacuum", abstract: "Give room back that is no longer used.",
      discussion: """
        Examples:
          tripline store vacuum
          tripline store vacuum --archive fleet.db
        """)

    @OptionGroup var archive: ArchiveOption

    func run() async throws {
      try await ExitStatus.reporting { try StoreCommand.opened(archive).vacuum() }
    }
  }

  /// `tripline store export`
  struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write all tracks of an archive, one after another, in constant memory.",
      discussion: """
        `tripline tracks export` reads an archive too: it cleans, smooths and
        simplifies, and has all of it in memory.

        Examples:
          tripline store export > fleet.csv
          tripline store export -o geojson --archive fleet.db > fleet.geojson
        """)

    @OptionGroup var archive: ArchiveOption

    @Option(name: .shortAndLong, help: "csv, gpx, kml, geojson, mfjson or kepler.")
    var output = ExportFormat.csv

    func validate() throws {
      guard output != .geopackage else { throw ValidationError("a GeoPackage is made by `tripline tracks export`") }
    }

    func run() async throws {
      try ExitStatus.exiting { () throws(FormatError) in
        var reader = try TrackReader(InputFile(path: archive.file), format: .archive)
        var writer = try TrackWriter(output, to: OutputSink.standardOutput())
        var (batch, track, tracks): ([Fix], [Fix], TrackTable) = ([], [], TrackTable())
        while try reader.read(into: &batch, tracks: &tracks) {
          for fix in batch {
            if let last = track.last, last.vehicle != fix.vehicle {
              try writer.write(ExportedTrack(tracks[last.vehicle], track))
              track.removeAll(keepingCapacity: true)
            }
            track.append(fix)
          }
          batch.removeAll(keepingCapacity: true)
        }
        if let last = track.last { try writer.write(ExportedTrack(tracks[last.vehicle], track)) }
        try writer.finish()
      }
    }
  }
}
