import TriplineCore

/// Vehicles that each send a fix a second, interleaved: second by second, and in a second vehicle by vehicle.
struct SyntheticFleet {
  private var generator: SeededGenerator
  private var vehicles: [SyntheticVehicle]
  private let region: Region
  private var time: Int64 = 1_700_000_000_000

  init(count: Int, in region: Region, stays: Bool = true, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    vehicles = (0..<count).map {
      SyntheticVehicle(index: UInt32($0), in: region, stays: stays, &generator)
    }
    self.generator = generator
    self.region = region
  }

  /// Appends the fixes of the next `seconds` seconds.
  mutating func append(seconds: Int, to fixes: inout [Fix]) {
    for _ in 0..<seconds {
      time += 1000
      for index in vehicles.indices {
        fixes.append(vehicles[index].advance(to: time, in: region, &generator))
      }
    }
  }

  /// The fixes of the next `seconds` seconds.
  mutating func next(seconds: Int) -> [Fix] {
    var fixes: [Fix] = []
    fixes.reserveCapacity(seconds * vehicles.count)
    append(seconds: seconds, to: &fixes)
    return fixes
  }
}
