import Foundation
public import TriplineCore

/// Synthetic fences and positions, by seed. All coordinates are multiples of 2^-20 degrees, which the exact reference
/// needs and which makes positions on edges and shared corners common.
public struct RandomFences {
  private var generator: SeededGenerator

  /// Starts from a seed.
  public init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// A coordinate on the exact lattice.
  public static func snapped(latitude: Double, longitude: Double) -> Coordinate {
    Coordinate(
      latitude: (latitude * 1_048_576).rounded() / 1_048_576, longitude: (longitude * 1_048_576).rounded() / 1_048_576)
  }

  /// A number in a range.
  public mutating func number(in range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &generator)
  }

  /// A whole number in a range.
  public mutating func whole(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  /// A star or a round shape with `corners` corners around a place, with a hole now and then.
  public mutating func polygon(around center: Coordinate, radius: Double, corners: Int) -> Polygon {
    func ring(_ scale: Double, _ generator: inout SeededGenerator) -> Ring {
      let jagged = Bool.random(using: &generator)
      return Ring(
        (0..<corners).map { index in
          let angle = Double(index) / Double(corners) * 2 * .pi
          let reach = radius * scale * (jagged ? Double.random(in: 0.3...1, using: &generator) : 1)
          return Self.snapped(
            latitude: center.latitude + reach * sin(angle), longitude: center.longitude + reach * cos(angle))
        })
    }
    let exterior = ring(1, &generator)
    return Polygon(exterior: exterior, holes: whole(in: 0...3) == 0 ? [ring(0.25, &generator)] : [])
  }

  /// A set of `count` polygons, boxes and circles in a square of `extent` degrees around `middle`, from tiny to large.
  public mutating func fences(count: Int, around middle: Coordinate, extent: Double) -> [Fence] {
    (0..<count).map { index in
      let center = Self.snapped(
        latitude: middle.latitude + number(in: -extent...extent),
        longitude: middle.longitude + number(in: -extent...extent))
      let radius = extent * pow(10, number(in: -2 ... -0.3))
      switch whole(in: 0...9) {
      case 0, 1:
        let corner = Self.snapped(latitude: center.latitude + radius, longitude: center.longitude + radius)
        return Fence(
          id: "box-\(index)",
          shape: .box(
            south: center.latitude, west: center.longitude, north: corner.latitude, east: corner.longitude))
      case 2, 3:
        return Fence(id: "circle-\(index)", shape: .circle(center: center, radius: radius * 100_000))
      case 4:
        return Fence(
          id: "multi-\(index)",
          shape: .polygons([
            polygon(around: center, radius: radius / 4, corners: whole(in: 3...12)),
            polygon(
              around: Self.snapped(latitude: center.latitude, longitude: center.longitude + radius),
              radius: radius / 4, corners: whole(in: 3...12)),
          ]))
      default:
        return Fence(
          id: "polygon-\(index)",
          shape: .polygons([polygon(around: center, radius: radius, corners: whole(in: 3...40))]))
      }
    }
  }

  /// Corridors of a few points to a few hundred, wriggling around a place.
  public mutating func corridors(count: Int, around middle: Coordinate, extent: Double) -> [Fence] {
    (0..<count).map { index in
      var place = Coordinate(
        latitude: middle.latitude + number(in: -extent...extent),
        longitude: middle.longitude + number(in: -extent...extent))
      var course = number(in: 0...360)
      let stride = extent * pow(10, number(in: -2.5 ... -0.5))
      let path = (0..<whole(in: 2...(index % 8 == 0 ? 300 : 12))).map { _ in
        defer {
          course += number(in: -70...70)
          place.latitude += stride * cos(course * .pi / 180)
          place.longitude += stride * sin(course * .pi / 180)
        }
        return Self.snapped(latitude: place.latitude, longitude: place.longitude)
      }
      return Fence(
        id: "corridor-\(index)", shape: .corridor(path: path, width: stride * 111_000 * pow(10, number(in: -2...0.5))))
    }
  }

  /// A position: anywhere, at a corner of a fence, in the middle of an edge, or a hair's breadth beside one.
  public mutating func probe(of fences: [Fence], around middle: Coordinate, extent: Double) -> Coordinate {
    let anywhere = Self.snapped(
      latitude: middle.latitude + number(in: -extent...extent),
      longitude: middle.longitude + number(in: -extent...extent))
    guard whole(in: 0...2) > 0, let fence = fences.randomElement(using: &generator) else { return anywhere }
    let corners: [Coordinate]
    switch fence.shape {
    case .polygons(let polygons): corners = polygons.flatMap(\.rings).flatMap(\.coordinates)
    case .box(let south, let west, let north, let east):
      corners = [Coordinate(latitude: south, longitude: west), Coordinate(latitude: north, longitude: east)]
    case .corridor(let path, _): corners = path
    case .circle: return anywhere
    }
    let index = whole(in: 0...corners.count - 1)
    let a = corners[index]
    let b = corners[(index + 1) % corners.count]
    switch whole(in: 0...3) {
    case 0: return a
    case 1:
      return Self.snapped(latitude: (a.latitude + b.latitude) / 2, longitude: (a.longitude + b.longitude) / 2)
    case 2: return Coordinate(latitude: a.latitude, longitude: anywhere.longitude)
    default:
      return Self.snapped(
        latitude: a.latitude + number(in: -3e-6...3e-6), longitude: a.longitude + number(in: -3e-6...3e-6))
    }
  }
}
