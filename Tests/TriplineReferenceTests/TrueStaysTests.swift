import Testing
import TriplineCore
import TriplineTesting

/// The reference that alerts are held against, on synthetic ways of which it is known where they were.
struct TrueStaysTests {
  private static let center = Coordinate(latitude: 50, longitude: 14)
  /// Metres in a degree of latitude there.
  private static let degree = 111_229.0

  /// The fences: a circle of 200 m.
  private static func fences() throws -> FenceSet {
    try FenceSet([Fence(id: "yard", shape: .circle(center: center, radius: 200))])
  }

  /// A fix every ten seconds at so many metres north of the centre.
  private static func fixes(_ meters: [Double]) -> [Fix] {
    meters.enumerated().map { index, north in
      Fix(
        vehicle: 0, time: 1_790_000_000_000 + Int64(index) * 10_000, latitude: center.latitude + north / degree,
        longitude: center.longitude, accuracy: 8, sequence: UInt32(index))
    }
  }

  private static func stays(_ meters: [Double]) throws -> [TrueStays.Stay] {
    TrueStays(of: fixes(meters), in: try fences()).stays.values.flatMap { $0 }
  }

  /// Drives up, stays as long as there are elements, and leaves the other way.
  private static func drive(through meters: [Double]) -> [Double] {
    stride(from: -2000.0, through: -300, by: 100) + meters + stride(from: 300.0, through: 2000, by: 100)
  }

  @Test func `a stay beside the boundary is one, however often fixes lie beyond it`() throws {
    var generator = SeededGenerator(seed: 1)
    let noisy = (0..<90).map { _ in 180 + Double.random(in: -40...40, using: &generator) }
    #expect(noisy.contains { $0 > 200 })
    let stays = try Self.stays(Self.drive(through: noisy))
    #expect(stays.count == 1 && stays.first?.isVisit == true)
  }

  @Test func `who drives through has passed`() throws {
    let stays = try Self.stays(Self.drive(through: [-200, -100, 0, 100, 200]))
    #expect(stays.count == 1 && stays.first?.isVisit == false)
  }

  @Test func `who comes near has not been there`() throws {
    let near = Array(repeating: 195.0, count: 60)
    let way = stride(from: 2000.0, through: 300, by: -100) + near + stride(from: 300.0, through: 2000, by: 100)
    #expect(try Self.stays(way).isEmpty)
  }

  @Test func `one fix that cannot be right takes nobody out of a stay, and five minutes do`() throws {
    let inside = Array(repeating: 0.0, count: 30)
    #expect(try Self.stays(Self.drive(through: inside + [5000] + inside)).count == 1)
    let way = Array(stride(from: 300.0, through: 2000, by: 100)) + stride(from: 2000.0, through: 300, by: -100)
    #expect(try Self.stays(Self.drive(through: inside + way + inside)).count == 2)
  }
}
