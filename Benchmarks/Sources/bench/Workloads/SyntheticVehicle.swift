import Glibc
import TriplineCore

/// One vehicle that sends a fix a second: it drives, waits at lights, and stays somewhere now and then.
struct SyntheticVehicle {
  private let index: UInt32
  private let stays: Bool
  private var place: Coordinate
  private var speed: Double
  private var course: Double
  private var sequence: UInt32 = 0
  /// Seconds until it starts or halts.
  private var remaining: Double
  private var isDriving: Bool

  /// A vehicle at a random place of a region; one that never `stays` drives without end.
  init(index: UInt32, in region: Region, stays: Bool, _ generator: inout SeededGenerator) {
    self.index = index
    self.stays = stays
    place = region.randomPlace(&generator)
    speed = generator.number(5, 30)
    course = generator.number(0, 2 * .pi)
    isDriving = !stays || generator.number(0, 1) < 0.7
    remaining = generator.number(10, 900)
  }

  /// The fix of the next second.
  mutating func advance(to time: Int64, in region: Region, _ generator: inout SeededGenerator) -> Fix {
    remaining -= 1
    if stays && remaining <= 0 {
      isDriving.toggle()
      remaining = isDriving ? generator.number(60, 1200) : generator.number(20, 900)
      speed = generator.number(5, 30)
    }
    if isDriving { drive(in: region, &generator) }
    let noise = isDriving ? 2.0 : 4.0
    let fix = Fix(
      vehicle: index, time: time, latitude: place.latitude + generator.number(-noise, noise) / 111_000,
      longitude: place.longitude + generator.number(-noise, noise) / 72_000,
      speed: isDriving ? Float(speed) : 0, course: Float(course * 180 / .pi), accuracy: 5, sequence: sequence)
    sequence &+= 1
    return fix
  }

  private mutating func drive(in region: Region, _ generator: inout SeededGenerator) {
    course += generator.number(-0.05, 0.05)
    if !region.contains(place) {
      let middle = region.middle
      course = atan2(middle.longitude - place.longitude, middle.latitude - place.latitude)
    }
    if course < 0 { course += 2 * .pi }
    if course >= 2 * .pi { course -= 2 * .pi }
    place.latitude += speed * cos(course) / 111_000
    place.longitude += speed * sin(course) / 72_000
  }
}
