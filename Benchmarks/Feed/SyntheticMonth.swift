import Foundation
import TriplineTesting

/// Synthetic tracks of a fleet with a fix every ten seconds, day and night: vehicles leave their depot in the morning, drive to customers
/// around it, stay there for a while and come back in the evening; most of them rest at weekends. By seed: the same everywhere.
struct SyntheticMonth {
  /// Seconds from one fix to the next.
  static let interval = 10
  /// 2026-10-01T00:00:00Z, a Thursday.
  private static let start = 1_790_812_800
  private static let columns = 25
  private static let rows = 20
  static let fences = columns * rows

  let vehicles: Int
  let days: Int

  var fixes: Int { vehicles * days * 86_400 / Self.interval }

  // MARK: Places

  /// The centre of a fence: a place of a grid of 6 km, off by up to 1 km.
  private static func place(_ fence: Int) -> (latitude: Double, longitude: Double) {
    var dice = SeededGenerator(seed: UInt64(fence) &* 7919)
    return (
      49.5 + 0.055 * Double(fence / columns) + Double.random(in: -0.009...0.009, using: &dice),
      13.5 + 0.085 * Double(fence % columns) + Double.random(in: -0.014...0.014, using: &dice)
    )
  }

  /// A fifth of the fences are depots, the others customers.
  private static func isDepot(_ fence: Int) -> Bool { fence.isMultiple(of: 5) }

  /// Writes the fences and five rules; returns the path of the rules.
  static func writeRules(in folder: URL) throws -> String {
    let features = (0..<fences).map { fence in
      let (place, radius) = (place(fence), 150 + fence % 4 * 50)
      return
        #"{"type":"Feature","id":"f\#(fence)","properties":{"radius":\#(radius),"tags":"\#(isDepot(fence) ? "depot" : "customer")"},"geometry":{"type":"Point","coordinates":[\#(place.longitude),\#(place.latitude)]}}"#
    }
    try Data(#"{"type":"FeatureCollection","features":[\#(features.joined(separator: ","))]}"#.utf8)
      .write(to: folder.appending(path: "fences.geojson"))
    let rules = folder.appending(path: "rules.yaml")
    try Data(
      """
      version: 1
      fence_files: [fences.geojson]
      rules:
        - {alert: Arrived, when: {enter: {}}}
        - {alert: LeftDepot, when: {exit: {fence: {tag: depot}}}}
        - {alert: LongStay, when: {dwell: {fence: {tag: customer}, longer_than: 45m}}}
        - {alert: LongStop, when: {stop: {longer_than: 10h}}}
        - {alert: PoorTrip, when: {trip: {score_below: 90}}}

      """.utf8
    ).write(to: rules)
    return rules.path
  }

  // MARK: Tracks

  /// Writes a file of CSV a vehicle, on all cores; returns their paths.
  func writeTracks(in folder: URL) async throws -> [String] {
    let paths = (0..<vehicles).map { folder.appending(path: Self.name($0) + ".csv") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (vehicle, path) in paths.enumerated() {
        group.addTask { try Data(rows(of: vehicle)).write(to: path) }
      }
      try await group.waitForAll()
    }
    return paths.map(\.path)
  }

  private static func name(_ vehicle: Int) -> String { "v" + "\(1000 + vehicle)" }

  /// The file of a vehicle.
  private func rows(of vehicle: Int) -> [UInt8] {
    var drive = Drive(of: vehicle, until: Self.start + days * 86_400)
    for day in 0..<days {
      // The first one is a Thursday.
      let isWeekend = [2, 3].contains(day % 7)
      guard !isWeekend || drive.draw(0...1) < 0.2 else { continue }
      let morning = Int(drive.draw(5.5...8) * 3600)
      drive.rest(until: Self.start + day * 86_400 + morning)
      for _ in 0..<Int(drive.draw(5...10)) {
        let customer = Self.customer(near: drive.depot, &drive.dice)
        drive.go(to: customer)
        let stay = Int(drive.draw(6...55) * 60)
        drive.rest(until: drive.time + stay)
      }
      drive.go(to: drive.depot)
    }
    drive.rest(until: .max)
    return drive.text
  }

  /// Somebody within three places of the grid.
  private static func customer(near depot: Int, _ dice: inout SeededGenerator) -> Int {
    while true {
      let row = depot / columns + Int.random(in: -3...3, using: &dice)
      let column = depot % columns + Int.random(in: -3...3, using: &dice)
      guard (0..<rows).contains(row), (0..<columns).contains(column) else { continue }
      let fence = row * columns + column
      if fence != depot && !isDepot(fence) { return fence }
    }
  }

  /// A vehicle on its way, and the text of its fixes.
  private struct Drive {
    let depot: Int
    var dice: SeededGenerator
    var time: Int
    private(set) var text = Array("vehicle_id,time,lat,lon,speed_mps,bearing_deg,accuracy_m\n".utf8)
    private let end: Int
    private let id: [UInt8]
    private var latitude: Double
    private var longitude: Double

    init(of vehicle: Int, until end: Int) {
      depot = vehicle * 5 % fences
      dice = SeededGenerator(seed: UInt64(vehicle))
      time = start + vehicle % interval
      self.end = end
      id = Array((name(vehicle) + ",").utf8)
      (latitude, longitude) = SyntheticMonth.place(depot)
      text.reserveCapacity((end - start) / interval * 46)
    }

    mutating func draw(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &dice) }

    /// Stands until a time in seconds.
    mutating func rest(until: Int) {
      while time < min(until, end) { add(speed: 0, course: nil) }
    }

    /// Drives to a fence and parks there: off the straight line by up to a tenth of its length, starting and braking as cars do.
    mutating func go(to fence: Int) {
      let (from, to) = ((latitude, longitude), SyntheticMonth.place(fence))
      let parking = (draw(-60...60), draw(-60...60))
      let east = 111_200 * cos(from.0 * .pi / 180)
      let way = (
        north: (to.latitude - from.0) * 111_200 + parking.0, east: (to.longitude - from.1) * east + parking.1
      )
      let length = (way.north * way.north + way.east * way.east).squareRoot()
      let (cruise, bulge, step) = (draw(11...25), draw(-0.1...0.1), Double(interval))
      var (speed, driven) = (0.0, 0.0)
      while length - driven > 20 && time < end {
        let next = min(cruise * draw(0.8...1), speed + 1.2 * step, (1.6 * (length - driven)).squareRoot())
        driven = min(length, driven + (speed + next) / 2 * step)
        speed = next
        let share = driven / length
        let aside = bulge * sin(.pi * share)
        latitude = from.0 + (way.north * share - way.east * aside) / 111_200
        longitude = from.1 + (way.east * share + way.north * aside) / east
        let slope = bulge * .pi * cos(.pi * share)
        let course = atan2(way.east + way.north * slope, way.north - way.east * slope) * 180 / .pi
        add(speed: speed, course: course < 0 ? course + 360 : course)
      }
    }

    /// Adds a fix some metres off, as receivers are.
    private mutating func add(speed: Double, course: Double?) {
      text += id
      put(time, ",")
      put(latitude + draw(-0.00003...0.00003), decimals: 5, ",")
      put(longitude + draw(-0.00004...0.00004), decimals: 5, ",")
      put(speed, decimals: 1, ",")
      if let course { put(Int(course), ",") } else { text.append(UInt8(ascii: ",")) }
      put(4 + time / interval % 5, "\n")
      time += interval
    }

    private mutating func put(_ number: Double, decimals: Int, _ mark: Unicode.Scalar) {
      put(Int((number * (decimals == 1 ? 10 : 100_000)).rounded()), decimals: decimals, mark)
    }

    /// Adds a number of so many decimals, not negative, and what stands behind it.
    private mutating func put(_ number: Int, decimals: Int = 0, _ mark: Unicode.Scalar) {
      var (rest, digits, low) = (number, 0, text.count)
      repeat {
        if digits == decimals && decimals > 0 { text.append(UInt8(ascii: ".")) }
        text.append(UInt8(ascii: "0") + UInt8(rest % 10))
        rest /= 10
        digits += 1
      } while rest > 0 || digits <= decimals
      var high = text.count - 1
      while low < high {
        text.swapAt(low, high)
        (low, high) = (low + 1, high - 1)
      }
      text.append(UInt8(ascii: mark))
    }
  }
}
