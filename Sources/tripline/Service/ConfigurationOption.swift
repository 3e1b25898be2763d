import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineService
import TriplineStore

/// The option that names a configuration.
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The configuration; else TRIPLINE_CONFIG, else tripline.yaml.", valueName: "file"))
  var path: String?

  var file: String { path ?? ProcessInfo.processInfo.environment["TRIPLINE_CONFIG"] ?? "tripline.yaml" }

  /// Whether somebody has named it, so that it has to be there.
  var isNamed: Bool { path != nil || ProcessInfo.processInfo.environment["TRIPLINE_CONFIG"] != nil }

  /// What the configuration says, with the files that it names.
  func load() throws -> LoadedConfiguration {
    do throws(ConfigurationError) {
      return try LoadedConfiguration(path: file)
    } catch {
      for mistake in error.all { Messages.error(mistake) }
      throw ExitStatus.badConfiguration
    }
  }
}

/// The options that name the store of a service.
struct AlertStoreOption: ParsableArguments {
  @Option(
    name: .customLong("store"),
    help: ArgumentHelp(
      "The service's store; else TRIPLINE_STORE, else what the configuration says.", valueName: "file"))
  var path: String?

  @OptionGroup var configuration: ConfigurationOption

  /// The path, by the settings of a configuration where nothing else says it.
  func file(_ settings: () throws -> ServiceSettings) rethrows -> String {
    if let path = path ?? ProcessInfo.processInfo.environment["TRIPLINE_STORE"] { return path }
    let folder = URL(fileURLWithPath: configuration.file).deletingLastPathComponent()
    return URL(fileURLWithPath: try settings().storePath, relativeTo: folder).path
  }

  /// The zone in which times of a store are shown: that of the configuration by which a service has run on it last.
  static func zone(of store: AlertStore) throws -> TimeZone {
    try store.configuration().map { AlertConfiguration.zone(ofConfiguration: $0.rules) } ?? .gmt
  }

  /// Opens the store that is there.
  func open() throws -> AlertStore {
    let file = try file {
      guard configuration.isNamed || FileManager.default.fileExists(atPath: configuration.file) else {
        return ServiceSettings()
      }
      // Where the store is has nothing to do with the files that the configuration names.
      let text = try RuleFile.text(configuration.file)
      do throws(ConfigurationError) {
        return try ServiceSettings(ofConfiguration: text, file: configuration.file)
      } catch {
        Messages.error(error)
        throw ExitStatus.badConfiguration
      }
    }
    return try AlertStore(path: file, isNewAllowed: false)
  }
}
