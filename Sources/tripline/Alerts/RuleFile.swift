import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats

/// A file of rules as it was read, with the fences it names.
struct RuleFile {
  /// The rules.
  private(set) var configuration: AlertConfiguration
  /// Its fences.
  let fences: [Fence]

  /// Reads a file, and the files of fences it names, which are looked for beside it.
  init(_ path: String, reader: FenceReader) throws {
    configuration = try Self.configuration(path)
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    let paths = configuration.fenceFiles.map { URL(fileURLWithPath: $0, relativeTo: folder).path }
    for (name, path) in zip(configuration.fenceFiles, paths) where !FileManager.default.isReadableFile(atPath: path) {
      Messages.error(
        configuration.error(
          ofFenceFile: name, "cannot be read. Files are looked for beside this one; check the path and its permissions."
        ))
      throw ExitStatus.noInput
    }
    let files = paths.map { InputFile(path: $0) }
    let result = reader.read(files)
    try ExitStatus.check(result.report, failures: result.failures, isStrict: false)
    if let failure = result.failures.first { throw ExitStatus.status(of: failure) }
    fences = configuration.fences + FenceSets.fences(of: result)
    for problem in configuration.addZones(of: result.fences) { Messages.warning(problem) }
  }

  /// A file of rules, without the files of fences that it names. Calendars are looked for beside it.
  static func configuration(_ path: String) throws -> AlertConfiguration {
    let text = try text(path)
    do throws(ConfigurationError) {
      return try AlertConfiguration(text, file: path) { name in
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        guard let data = FileManager.default.contents(atPath: URL(fileURLWithPath: name, relativeTo: folder).path)
        else {
          throw ConfigurationError(file: name, message: "cannot be read. Check the path and its permissions.")
        }
        return Array(data)
      }
    } catch {
      for mistake in error.all { Messages.error(mistake) }
      throw ExitStatus.badConfiguration
    }
  }

  /// The text of a file.
  static func text(_ path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      Messages.error("\(path) cannot be read. Check the path and its permissions.")
      throw ExitStatus.noInput
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      Messages.error("\(path) is no UTF-8 text. Save it as UTF-8.")
      throw ExitStatus.badConfiguration
    }
    return text
  }

  /// Warns of what can hardly be meant; returns whether there is nothing of that kind.
  func warnOfMissingFences(in set: FenceSet) -> Bool {
    let warnings = configuration.warnings(with: set)
    for warning in warnings { Messages.warning(warning) }
    return warnings.isEmpty
  }

  /// The set of some fences; what is wrong with one is told, and one that is there twice counts once.
  static func set(_ fences: [Fence]) -> FenceSet {
    var (unique, ids): ([Fence], Set<String>) = ([], [])
    for fence in fences where ids.insert(fence.id).inserted { unique.append(fence) }
    var problems: [FenceError] = []
    let set = FenceSet(unique, problems: &problems)
    for problem in problems { Messages.warning("left out: \(problem)") }
    return set
  }
}
