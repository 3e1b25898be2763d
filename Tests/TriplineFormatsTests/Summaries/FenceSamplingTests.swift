import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

/// Fences that are too small for what is recorded, by synthetic drives along a parallel.
@Suite struct FenceSamplingTests {
  private static let metersPerDegree = LocalMetric(latitude: 50).metersPerDegreeLongitude

  /// A square of so many metres, so many metres down the road.
  private func square(_ id: String, at meters: Double, side: Double) -> Fence {
    let west = 14 + meters / Self.metersPerDegree
    let height = side / 2 / LocalMetric(latitude: 50).metersPerDegreeLatitude
    return Fence(
      id: id,
      shape: .box(south: 50 - height, west: west, north: 50 + height, east: west + side / Self.metersPerDegree))
  }

  /// Vehicles down a road of 6 km at 20 m/s.
  private func drives(_ count: Int, every seconds: Int, accuracy: Double?, phase: Double = 7) -> InputFile {
    var text = "vehicle_id,time,lat,lon,accuracy_m\n"
    for vehicle in 0..<count {
      for second in stride(from: 0, to: 300, by: seconds) {
        let meters = Double(second) * 20 + Double(vehicle) * phase
        let accuracy = accuracy.map { "\($0)" } ?? ""
        text +=
          "v\(vehicle),\(1_700_000_000 + vehicle * 1000 + second),50,\(14 + meters / Self.metersPerDegree),\(accuracy)\n"
      }
    }
    return InputFile(bytes: Array(text.utf8), name: "drives.csv")
  }

  private func findings(_ fences: [Fence], _ tracks: InputFile) throws -> [String] {
    var sampling = FenceSampling(try FenceSet(fences))
    let (report, failures) = sampling.read([tracks])
    #expect(report.isClean && failures.isEmpty)
    return sampling.findings().map { "\($0.fenceID) \($0.kind.rawValue)" }
  }

  private var fences: [Fence] {
    [
      square("gate", at: 1000, side: 15), square("yard", at: 2000, side: 200), square("town", at: 3000, side: 1500),
      square("elsewhere", at: 90_000, side: 15),
    ]
  }

  @Test func `a fence passed in less than two fixes is too small for the sampling`() throws {
    #expect(
      try findings(fences, drives(8, every: 1, accuracy: 3)) == [
        "gate small-for-sampling", "elsewhere small-for-sampling",
      ])
    #expect(
      try findings(fences, drives(8, every: 20, accuracy: 3)) == [
        "gate small-for-sampling", "yard small-for-sampling", "elsewhere small-for-sampling",
      ])
    // A fix every metre and a half.
    let slow = square("gate", at: 100, side: 15)
    let walk = (0..<200).map { "v,\(1_700_000_000 + $0),50,\(14 + Double($0) * 2.5 / Self.metersPerDegree)" }
    let text = "vehicle_id,time,lat,lon\n" + walk.joined(separator: "\n") + "\n"
    #expect(try findings([slow], InputFile(bytes: Array(text.utf8), name: "walk.csv")).isEmpty)
  }

  @Test func `a fence smaller than the accuracy of the fixes in it is too small for them`() throws {
    #expect(
      try findings([fences[1], fences[2]], drives(8, every: 1, accuracy: 110)) == ["yard small-for-accuracy"])
    #expect(try findings([fences[1], fences[2]], drives(8, every: 1, accuracy: nil)).isEmpty)
  }

  @Test func `the depth of a fence is that of its middle`() throws {
    let center = Coordinate(latitude: 50, longitude: 14)
    let set = try FenceSet([
      square("square", at: 0, side: 100), Fence(id: "circle", shape: .circle(center: center, radius: 70)),
      Fence(
        id: "road",
        shape: .corridor(path: [center, Coordinate(latitude: 51, longitude: 14)], width: 30)),
      square("county", at: 0, side: 90_000),
    ])
    for (fence, expected) in [50.0, 70, 15, 1000].enumerated() {
      #expect(abs(set.inradius(of: UInt32(fence)) - expected) <= expected * 0.05, "\(set.id(of: UInt32(fence)))")
    }
  }

  @Test(.enabled(if: SharedData.isPresent)) func `recorded phones find the small fences around them`() throws {
    let fences = try FenceReader().read(InputFile(path: SharedData.path("fences/osm_boston_small_many.geojson.gz")))
      .fences
    var sampling = FenceSampling(try FenceSet(Array(fences.prefix(60))))
    let tracks = try InputFile(path: SharedData.path("tracks/phone_sfbay_mobilitynet.csv.gz"))
    _ = sampling.read([tracks])
    let found = sampling.findings()
    // Buildings of some metres, and phones that are right to five to ten.
    #expect(found.contains { $0.kind == .smallForSampling })
    // The phones were elsewhere: what is said rests on how they are recorded, of each fence once a kind.
    #expect(Set(found.map { "\($0.fenceID) \($0.kind)" }).count == found.count)
  }
}
