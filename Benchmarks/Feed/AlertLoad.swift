import Foundation
import TriplineCore
import TriplineService

/// A synthetic fleet and what it is watched by: 100,000 vehicles drive at 60 km/h on lines through 10,000 circles of 200 m, each with a
/// fix every half second unless told otherwise. 50 rules, three of them about all fences, most about one each.
struct AlertLoad {
  static let vehicles = 100_000
  static let fences = 10_000
  static let rules = 50

  /// Milliseconds from one fix of a vehicle to its next one.
  var interval: Int64 = 500
  /// The time of the first fixes, in milliseconds UTC.
  var start: Int64 = 1_780_000_000_000
  /// Metres after which a vehicle turns back, each at a time of its own; they never do unless it is given.
  var reach = Double.infinity
  /// One of so many vehicles drives, the others stand where they are.
  var driving = 1
  private let ids = (0..<vehicles).map { "vehicle-\($0)" }
  /// The next vehicle to send, and how often all of them have sent.
  private var next = 0
  private(set) var round = 0

  init() {}

  /// A configuration for it, in a folder.
  static func configuration(in folder: URL) throws -> LoadedConfiguration {
    var features: [String] = []
    for index in 0..<fences {
      let center = center(ofFence: index)
      features.append(
        #"{"type":"Feature","id":"f\#(index)","properties":{"radius":200,"tags":"t\#(index % 20)"},"geometry":{"type":"Point","coordinates":[\#(center.longitude),\#(center.latitude)]}}"#
      )
    }
    try Data(#"{"type":"FeatureCollection","features":[\#(features.joined(separator: ","))]}"#.utf8)
      .write(to: folder.appending(path: "fences.geojson"))
    var text = "version: 1\nfence_files: [fences.geojson]\nrules:\n"
    text += "  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}\n"
    text += "  - {alert: Long, when: {dwell: {longer_than: 10m}}}\n  - {alert: Fast, when: {overspeed: {}}}\n"
    text += "  - {alert: Hard, when: {harsh: {}}}\n  - {alert: Poor, when: {trip: {score_below: 50}}}\n"
    for index in 6..<rules {
      text +=
        "  - {alert: R\(index), when: {\(index.isMultiple(of: 2) ? "enter" : "exit"): {fence: {id: f\(index * 97)}}}}\n"
    }
    text += "receivers: [{name: log, files: [{path: \(alerts(in: folder).path)}]}]\n"
    let file = folder.appending(path: "rules.yaml")
    try Data(text.utf8).write(to: file)
    return try LoadedConfiguration(path: file.path)
  }

  /// The file that alerts are written to.
  static func alerts(in folder: URL) -> URL { folder.appending(path: "alerts.ndjson") }

  /// The middle of a fence.
  static func center(ofFence index: Int) -> Coordinate {
    Coordinate(latitude: 48 + Double(index / 100) * 0.03, longitude: 10 + Double(index % 100) * 0.05)
  }

  func id(of vehicle: Int) -> String { ids[vehicle] }

  /// The fix of a vehicle in a round.
  func fix(of vehicle: Int, in round: Int) -> Fix {
    let line = Double((vehicle &* 7919) % 100_000) / 100_000
    let (along, isBack) = way(of: vehicle, after: Double(round) * Double(interval) / 1000 * 16.7)
    let forth = vehicle.isMultiple(of: 2) ? 1.0 : -1.0
    let time = start + Int64(round) * interval
    return Fix(
      vehicle: 0, time: time + Int64(vehicle % 400),
      latitude: 48 + Double(vehicle % 100) * 0.03 + 0.0001 * Double(vehicle % 13),
      longitude: 10 + line * 5 + forth * along / 74_000, speed: vehicle.isMultiple(of: driving) ? 16.7 : 0,
      course: (forth > 0) != isBack ? 90 : 270,
      altitude: 300, accuracy: 5, received: time + 700)
  }

  /// Where a vehicle is on its line once it has driven so many metres, and whether it is on its way back.
  private func way(of vehicle: Int, after driven: Double) -> (along: Double, isBack: Bool) {
    if !vehicle.isMultiple(of: driving) { return (0, false) }
    guard reach < .infinity else { return (driven, false) }
    let ahead = Double((vehicle &* 104_729) % 10_000) / 10_000 * 2 * reach
    let place = (driven + ahead).truncatingRemainder(dividingBy: 2 * reach)
    return place < reach ? (place, false) : (2 * reach - place, true)
  }

  /// The next fixes, of one vehicle after the other.
  mutating func take(_ count: Int) -> [ReceivedFix] {
    var fixes: [ReceivedFix] = []
    fixes.reserveCapacity(count)
    for _ in 0..<count {
      fixes.append(ReceivedFix(vehicleID: ids[next], fix: fix(of: next, in: round)))
      next += 1
      if next == Self.vehicles { (next, round) = (0, round + 1) }
    }
    return fixes
  }
}
