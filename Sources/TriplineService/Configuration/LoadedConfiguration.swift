import Crypto
import Foundation
public import TriplineAlerts
public import TriplineCore
import TriplineFormats
public import TriplineStore

/// A configuration as a service runs it: the file, and the files that it names.
public struct LoadedConfiguration: Sendable {
  /// What the file says.
  public let alerts: AlertConfiguration
  /// The fences, those of the file before those of the files it names.
  public let fences: FenceSet
  /// The same as they were read, to tell whether others are the same.
  let fenceList: [Fence]
  /// The file and those that it names, as they stood.
  public let stored: StoredConfiguration
  /// What was wrong with fences that are left out.
  public let warnings: [String]

  /// The same, and what of it can be of no use where positions are those of MyCarTracks.
  var liveWarnings: [String] {
    warnings
      + alerts.rules.compactMap { rule in
        guard case .idle = rule.trigger else { return nil }
        return
          "the rule \(rule.name) never fires here: it waits for idling, and MyCarTracks does not say whether an ignition is on"
      }
  }

  /// Reads a configuration, and the files it names, which are looked for beside it.
  ///
  /// - Throws: `ConfigurationError` with the place of the first mistake.
  public init(path: String) throws(ConfigurationError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError(file: path, message: "cannot be read. Check the path and its permissions.")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw ConfigurationError(file: path, message: "is no UTF-8 text. Save it as UTF-8.")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    var files: [String: [UInt8]] = [:]
    let configuration = try AlertConfiguration(text, file: path) { name in
      let bytes = try Self.contents(name, in: folder)
      files[name] = bytes
      return bytes
    }
    for name in configuration.fenceFiles {
      do throws(ConfigurationError) {
        files[name] = try Self.contents(name, in: folder)
      } catch {
        throw configuration.error(ofFenceFile: name, error.message)
      }
    }
    try self.init(configuration, text, files, file: path)
  }

  /// A configuration as it was stored.
  ///
  /// - Throws: `ConfigurationError` where another version has stored it, and this one does not take it.
  public init(_ stored: StoredConfiguration, file: String) throws(ConfigurationError) {
    let configuration = try AlertConfiguration(stored.rules, file: file) { stored.files[$0] ?? [] }
    try self.init(configuration, stored.rules, stored.files, file: file)
  }

  private init(
    _ configuration: AlertConfiguration, _ text: String, _ files: [String: [UInt8]], file: String
  ) throws(ConfigurationError) {
    let result = FenceReader().read(
      configuration.fenceFiles.map { InputFile(bytes: files[$0] ?? [], name: $0) })
    if let failure = result.failures.first {
      throw configuration.error(ofFenceFile: failure.place.file, failure.message)
    }
    var warnings = result.report.problems.map { "\($0)" }
    var (unique, ids): ([Fence], Set<String>) = ([], [])
    for fence in configuration.fences + FenceSets.fences(of: result) where ids.insert(fence.id).inserted {
      unique.append(fence)
    }
    var problems: [FenceError] = []
    fenceList = unique
    fences = FenceSet(unique, problems: &problems)
    warnings += problems.map { "\($0)" }
    var alerts = configuration
    warnings += alerts.addZones(of: result.fences)
    warnings += alerts.warnings(with: fences)
    warnings += alerts.annotationWarnings
    self.alerts = alerts
    self.warnings = warnings
    var hash = SHA256()
    for part in [Array(text.utf8)] + files.sorted(by: { $0.key < $1.key }).flatMap({ [Array($0.key.utf8), $0.value] }) {
      hash.update(data: Array("\(part.count):".utf8))
      hash.update(data: part)
    }
    var patience = AlertEngine.Patience()
    patience.reorderWindow = configuration.service.reorderWindow
    patience.silence = configuration.service.silence
    patience.largestAge = configuration.service.largestAge
    stored = StoredConfiguration(
      digest: hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(),
      patience: patience, rules: text, files: files)
  }

  private static func contents(_ name: String, in folder: URL) throws(ConfigurationError) -> [UInt8] {
    let path = URL(fileURLWithPath: name, relativeTo: folder).path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError(file: name, message: "cannot be read. Check the path and its permissions.")
    }
    return [UInt8](data)
  }
}
