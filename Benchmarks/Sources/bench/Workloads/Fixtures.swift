import TriplineCore

/// What several cases work on, made once when it is first asked for.
final class Fixtures {
  /// Fences with their set, and the square the fleet moves in.
  struct World {
    var name: String
    var fences: [Fence]
    var set: FenceSet
    var region: Region
  }

  static let fleetSize = 10_000
  let isQuick: Bool
  private var worlds: [Int: World] = [:]
  private var file: TrackFile?
  private var fleet: TrackFile?

  init(isQuick: Bool) { self.isQuick = isQuick }

  /// The numbers of fences that are measured.
  var fenceCounts: [Int] { isQuick ? [1_000] : [1_000, 100_000] }

  /// The recorded tracks.
  func trackFile() throws -> TrackFile {
    if let file { return file }
    let loaded = try TrackFile.load()
    file = loaded
    return loaded
  }

  /// A minute of the fleet as a file.
  func fleetFile() throws -> TrackFile {
    if let fleet { return fleet }
    let made = try TrackFile.fleet(in: world(1_000).region, seconds: isQuick ? 45 : 60)
    fleet = made
    return made
  }

  /// Fences spread over a square.
  func world(_ count: Int) throws -> World {
    if let world = worlds[count] { return world }
    let (fences, region) = SyntheticFences.even(count: count, seed: 1)
    let set = try FenceSet(fences)
    let world = World(name: Self.name(count), fences: fences, set: set, region: region)
    worlds[count] = world
    return world
  }

  /// A short name for a number of fences.
  static func name(_ count: Int) -> String {
    switch count {
    case 0: "no fences"
    case 1_000_000...: "\(count / 1_000_000) M fences"
    default: "\(count / 1000) k fences"
    }
  }
}
