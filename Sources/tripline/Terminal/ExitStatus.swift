import ArgumentParser
import MyCarTracks
import TriplineFormats
import TriplineStore

/// The exit statuses of the command, by the names of BSD's `sysexits.h`.
enum ExitStatus {
  static let answerIsNo = ExitCode(1)
  static let badData = ExitCode(65)
  static let noInput = ExitCode(66)
  static let unavailable = ExitCode(69)
  static let temporary = ExitCode(75)
  static let notAllowed = ExitCode(77)
  static let badConfiguration = ExitCode(78)
  static let interrupted = ExitCode(130)
  static let cannotWrite = ExitCode(73)

  /// The status that stands for an error: the one table from codes to statuses.
  static func status(of error: FormatError) -> ExitCode {
    switch error.code {
    case .unreadableFile: noInput
    case .writeFailed: cannotWrite
    default: badData
    }
  }

  /// The status that stands for an error of the MyCarTracks API.
  static func status(of error: MyCarTracksError) -> ExitCode {
    switch error.code {
    case .missingCredentials, .badConfiguration: badConfiguration
    case .credentialsRefused, .scopeRefused, .unauthorized, .notPermitted: notAllowed
    case .rateLimited: temporary
    case .notFound: noInput
    case .serverFailed, .connectionFailed, .deadlineExceeded, .redirected: unavailable
    default: badData
    }
  }

  /// The status that stands for an error of an archive.
  static func status(of error: StoreError) -> ExitCode {
    switch error.code {
    case .missing: noInput
    case .busy: temporary
    case .cannotOpen, .cannotWrite: cannotWrite
    case .otherAccount: badConfiguration
    default: badData
    }
  }

  /// Runs a part of a command that works with an account or an archive: prints an error and throws the status that stands
  /// for it.
  static func reporting<T>(_ body: () async throws -> T) async throws -> T {
    do {
      return try await body()
    } catch let error as MyCarTracksError {
      Messages.error(error)
      throw status(of: error)
    } catch let error as StoreError {
      Messages.error(error)
      throw status(of: error)
    } catch is CancellationError {
      throw interrupted
    }
  }

  /// Runs a part of a command whose errors end it: prints the error and throws the status that stands for it.
  static func exiting<T>(_ body: () throws(FormatError) -> T) throws -> T {
    do throws(FormatError) {
      return try body()
    } catch {
      Messages.error(error)
      throw status(of: error)
    }
  }

  /// Tells what was wrong with the inputs, and ends the command where that is too much: where an input is missing,
  /// where nothing could be read, or, if `isStrict`, at all.
  static func check(_ report: ReadReport, failures: [FormatError], isStrict: Bool) throws {
    for failure in failures { Messages.error(failure) }
    Messages.problems(report)
    if let missing = failures.first(where: { $0.code == .unreadableFile }) { throw status(of: missing) }
    if !failures.isEmpty && report.delivered == 0 { throw badData }
    if isStrict && !(failures.isEmpty && report.isClean) { throw badData }
  }
}
