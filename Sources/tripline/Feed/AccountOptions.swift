import ArgumentParser
import Foundation
import MyCarTracks
import TriplineStore

/// Who an account's commands are for; all of it comes from the environment.
enum Account {
  /// What a command's help says of it.
  static let help = """
    The account is that of MYCARTRACKS_CLIENT_ID and MYCARTRACKS_CLIENT_SECRET,
    or of the files that these names with _FILE name; MYCARTRACKS_BASE_URL is
    for another server, such as that of `tripline sandbox`.
    """

  /// Runs something with a client of the account.
  static func run<Result>(
    learned: LearnedSettings = LearnedSettings(), _ body: (MyCarTracksClient) async throws -> Result
  ) async throws -> Result {
    try await ExitStatus.reporting {
      let environment = ProcessInfo.processInfo.environment
      let credentials = try Credentials(environment: environment)
      let configuration = try ClientConfiguration(environment: environment)
      return try await body(
        MyCarTracksClient(credentials: credentials, configuration: configuration, learned: learned))
    }
  }
}

/// The option that names an archive.
struct ArchiveOption: ParsableArguments {
  @Option(
    name: .customLong("archive"),
    help: ArgumentHelp("The archive; else TRIPLINE_ARCHIVE, else tripline.db.", valueName: "file"))
  var path: String?

  var file: String { path ?? ProcessInfo.processInfo.environment["TRIPLINE_ARCHIVE"] ?? "tripline.db" }
}
