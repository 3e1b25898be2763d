import ArgumentParser
import TriplineCore
import TriplineFormats

/// How files of fences are read.
///
/// A file that cannot be read ends the command: without its fences, nothing would seem to have happened in them.
struct FenceFiles: ParsableArguments {
  @Option(help: "The property that holds a fence's id; otherwise the feature's id.")
  var fenceId: String?

  @Option(help: "Radius in metres of points that have no property \"radius\".")
  var radius: Double?

  @Option(help: "Width in metres of lines that have no property \"width\"; half of it lies on each side.")
  var corridorWidth: Double?

  @Flag(help: "Well-known text has latitude before longitude, as Traccar's has.")
  var latitudeFirst = false

  @Option(
    help: ArgumentHelp(
      "Reference system of GeoJSON and well-known text that name none, such as EPSG:5514.", valueName: "name"))
  var crs: String?

  /// The reader that the options ask for.
  var reader: FenceReader {
    FenceReader(
      idProperty: fenceId, defaultRadius: radius, corridorWidth: corridorWidth, isLatitudeFirst: latitudeFirst,
      system: crs)
  }

  /// All fences of all files; what is wrong with a fence is told, and the rest is used.
  func read(_ files: [String], isStrict: Bool) throws -> [Fence] {
    let result = reader.read(files.map { InputFile(path: $0) })
    try ExitStatus.check(result.report, failures: result.failures, isStrict: isStrict)
    if let failure = result.failures.first { throw ExitStatus.status(of: failure) }
    return result.fences
  }

  /// The set of all fences.
  ///
  /// For the sampled policy fences are sorted by id, and those that are invalid by OGC Simple Features are left out, as
  /// tools that compute with such geometries do.
  func set(of files: [String], for policy: Engine.Policy, isStrict: Bool) throws -> FenceSet {
    var fences = try read(files, isStrict: isStrict)
    var leftOut = 0
    if policy == .sampled {
      fences.removeAll { fence in
        guard let finding = fence.findings().first(where: \.isInvalid) else { return false }
        Messages.warning("left out as invalid: \(finding)")
        leftOut += 1
        return true
      }
      fences.sort { $0.id.unicodeScalars.lexicographicallyPrecedes($1.id.unicodeScalars) }
    }
    var problems: [FenceError] = []
    let set = FenceSet(fences, problems: &problems)
    for problem in problems { Messages.warning("left out: \(problem)") }
    if isStrict && !(problems.isEmpty && leftOut == 0) { throw ExitStatus.badData }
    return set
  }

  /// Standard input is one input, and can be read once.
  static func refuseTwoInputs(_ names: [String]) throws {
    guard names.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("standard input can be read once: give - for one input only")
    }
  }
}

/// The options that name fences beside tracks.
struct TrackFences: ParsableArguments {
  @Option(
    name: .customLong("fences"), parsing: .upToNextOption,
    help:
      "Files of fences, GeoJSON, KML or well-known text, plain or gzip; - is standard input. Tracks come before, or after --."
  )
  var files: [String] = []

  @OptionGroup var reading: FenceFiles

  /// All fences.
  func fences(isStrict: Bool) throws -> [Fence] { try reading.read(files, isStrict: isStrict) }

  /// The set of all fences.
  func set(for policy: Engine.Policy, isStrict: Bool) throws -> FenceSet {
    try reading.set(of: files, for: policy, isStrict: isStrict)
  }
}
