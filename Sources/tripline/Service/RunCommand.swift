public import ArgumentParser
import Foundation
public import Logging
import MyCarTracks
import TriplineAlerts
import TriplineCore
public import TriplineService
import TriplineStore

/// `tripline run`
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Follow an account's vehicles and tell of what rules ask for, until it is stopped.",
    discussion: """
      \(Account.help)

      Everything is kept in the store: what came in, what was decided, what is to
      be told and what came of it. Killed at any moment, it goes on where it was;
      nothing is lost, and nothing gets a second id. SIGHUP loads the
      configuration anew, SIGTERM ends it in good order. /healthz, /readyz and
      /metrics are served where the configuration says.

      Examples:
        tripline run --config tripline.yaml
        tripline run --log-format json --store /var/lib/tripline/alerts.db
      """)

  @OptionGroup var store: AlertStoreOption

  @Option(
    help: ArgumentHelp("The name of this service in its events, whose source is /tripline/NAME.", valueName: "name"))
  var name = "local"

  @Option(help: "How serious a message has to be to be logged: debug, info, warning or error.")
  var logLevel = Logger.Level.info

  @Option(help: "text or json; text on a terminal unless given.")
  var logFormat: LogForm?

  func validate() throws {
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) else {
      throw ValidationError("--name takes letters, digits, -, _ and .")
    }
  }

  func run() async throws {
    let configuration = try store.configuration.load()
    let form = logFormat ?? (isatty(STDERR_FILENO) == 1 ? .text : .json)
    let level = logLevel
    // One that comes before anybody waits for it must not end the process.
    signal(SIGHUP, SIG_IGN)
    LoggingSystem.bootstrap { label in LineLogHandler(label: label, form: form, level: level) }
    let logger = Logger(label: "tripline")
    let file = store.file { configuration.alerts.service }
    try await ExitStatus.reporting {
      let lock = try StoreLock(path: file)
      let kept = try AlertStore(path: file)
      do {
        try await Account.run { client in
          let vehicles = try kept.vehicles().count
          logger.info(
            "the service starts",
            metadata: [
              "version": "\(Tripline.configuration.version)", "rules": "\(configuration.alerts.rules.count)",
              "fences": "\(configuration.fences.count)", "vehicles": "\(vehicles)", "store": "\(file)",
              "feed": "\(client.configuration.baseURL)",
            ])
          try await AlertService(
            path: store.configuration.file, configuration: configuration, store: kept, client: client,
            environment: ProcessInfo.processInfo.environment, source: "/tripline/\(name)",
            version: Tripline.configuration.version, logger: logger,
            listening: { logger.info("health and metrics are served", metadata: ["port": "\($0)"]) }
          ).run()
          logger.info("the service has stopped")
        }
      } catch let error as ConfigurationError {
        for mistake in error.all { Messages.error(mistake) }
        throw ExitStatus.badConfiguration
      } catch let error as ListeningError {
        Messages.error(error)
        throw ExitStatus.unavailable
      }
      _ = consume lock
    }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
extension LogForm: ExpressibleByArgument {}
