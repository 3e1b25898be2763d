import Foundation
import Testing
import TriplineCore
import TriplineTesting

/// Snapshots that are not what was written.
extension EngineTests {
  /// An engine in the middle of several drives, with fixes that wait.
  private func snapshot(_ scene: Scene, vehicle: UInt32 = 0) -> [UInt8] {
    var engine = Engine(fences: scene.fences, configuration: scene.configuration)
    var events = EventBuffer()
    var fixes = Array(scene.fixes.prefix(600))
    for index in fixes.indices { fixes[index].vehicle += vehicle }
    engine.process(fixes.span, into: &events)
    return engine.snapshot()
  }

  private func error(restoring bytes: [UInt8], _ scene: Scene) -> SnapshotError? {
    do throws(SnapshotError) {
      _ = try Engine(restoring: bytes, fences: scene.fences, configuration: scene.configuration)
      return nil
    } catch {
      return error
    }
  }

  /// The bytes with the checksum that belongs to them.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    let fields = bytes.dropLast(8)
    let hash = fields.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return fields + (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) }
  }

  @Test func `a snapshot that was cut off is not restored`() throws {
    let scene = try Scene(seed: 11, vehicles: 3, count: 300)
    let bytes = snapshot(scene)
    #expect(error(restoring: bytes, scene) == nil)
    for length in bytes.indices {
      let error = error(restoring: Array(bytes[..<length]), scene)
      switch error {
      case .notASnapshot: #expect(length < 8)
      case .damaged: #expect(length >= 8)
      default: Issue.record("\(length) bytes: \(String(describing: error))")
      }
    }
  }

  @Test func `a snapshot with a wrong byte is not restored`() throws {
    let scene = try Scene(seed: 12, vehicles: 3, count: 300)
    let bytes = snapshot(scene)
    for index in bytes.indices {
      for bit in [1, 0x80] as [UInt8] {
        var wrong = bytes
        wrong[index] ^= bit
        #expect(error(restoring: wrong, scene) != nil, "byte \(index)")
      }
    }
    #expect(error(restoring: bytes + [0], scene) != nil)
  }

  @Test func `a snapshot of something else says so`() throws {
    let scene = try Scene(seed: 13, vehicles: 2, count: 300)
    var bytes = snapshot(scene)
    #expect(error(restoring: [], scene) == .notASnapshot)
    #expect(error(restoring: Array("GIF89a, an image".utf8), scene) == .notASnapshot)
    var other = scene.configuration
    other.gate.witnessWindow += 1
    #expect(throws: SnapshotError.otherConfiguration) {
      _ = try Engine(restoring: bytes, fences: scene.fences, configuration: other)
    }
    bytes[4] = 9
    #expect(error(restoring: bytes, scene) == .unknownVersion(9))
    #expect(error(restoring: sealed(bytes), scene) == .unknownVersion(9))
    bytes[4] = 0
    #expect(error(restoring: sealed(bytes), scene) == .unknownVersion(0))
  }

  /// Four synthetic drives of which an engine wrote that version; trips were always detected then.
  @Test func `a snapshot of the version before is restored with all that is in it`() throws {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appending(path: "../../Fixtures/engine-v6.snapshot")
    let old = [UInt8](try Data(contentsOf: file))
    #expect(old[4] == 6 && sealed(old) == old)
    var configuration = Engine.Configuration()
    configuration.rules = [FenceRule(id: "steady", conditions: .steady)]
    configuration.scoring = ScoringParameters()
    let fences = try FenceSet([
      Fence(id: "west", shape: .box(south: 49, west: 13, north: 51, east: 14)),
      Fence(id: "round", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 1500)),
    ])
    let engine = try Engine(restoring: old, fences: fences, configuration: configuration)
    #expect(engine.standing(of: 0) == Standing(since: 1_700_011_580_860, isThere: true))
    // Byte for byte the same, but for the version and what it is new for.
    var new = old
    new[4] = 8
    new.insert(1, at: 9)
    // Nobody has been told of the end of a fence.
    new.insert(contentsOf: [0, 0, 0, 0], at: new.count - 8)
    #expect(engine.snapshot() == sealed(new))
    configuration.detectsTrips = false
    configuration.scoring = nil
    #expect(throws: SnapshotError.otherConfiguration) {
      _ = try Engine(restoring: old, fences: fences, configuration: configuration)
    }
  }

  @Test func `vehicles out of order and fixes of another vehicle are not restored`() throws {
    let scene = try Scene(seed: 14, vehicles: 2, count: 300)
    let bytes = snapshot(scene, vehicle: 0xABCD)
    #expect(sealed(bytes) == bytes && error(restoring: bytes, scene) == nil)
    func places(of vehicle: UInt8) -> [Int] {
      bytes.indices.dropLast(4).filter { Array(bytes[$0..<($0 + 4)]) == [vehicle, 0xAB, 0, 0] }
    }
    // The vehicle itself comes before its fixes.
    let second = places(of: 0xCE)
    #expect(second.count > 1)
    var wrong = bytes
    for place in second { wrong[place] = 0xCC }
    var isDamaged = if case .damaged = error(restoring: sealed(wrong), scene) { true } else { false }
    #expect(isDamaged)
    wrong = bytes
    wrong[second[1]] = 0xCD
    isDamaged = if case .damaged = error(restoring: sealed(wrong), scene) { true } else { false }
    #expect(isDamaged)
  }
}
