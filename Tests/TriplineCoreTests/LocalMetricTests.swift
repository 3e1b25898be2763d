import Foundation
import Testing
import TriplineCore

@Suite struct LocalMetricTests {
  /// M and N cos φ as they are written down (Rapp 1991, section 3.5).
  @Test func `a degree is as long as the radii of curvature say, to 2e-8 m, at every latitude`() {
    let e2 = Ellipsoid.eccentricitySquared
    for step in -9000...9000 {
      let latitude = Double(step) / 100
      let phi = latitude * .pi / 180
      let w = 1 - e2 * sin(phi) * sin(phi)
      let perRadian = Ellipsoid.semiMajorAxis * .pi / 180
      let metric = LocalMetric(latitude: latitude)
      #expect(abs(metric.metersPerDegreeLatitude - perRadian * (1 - e2) / (w * w.squareRoot())) < 2e-8, "\(latitude)")
      // Never 0, not even at a pole.
      let east = perRadian * cos(phi) / w.squareRoot()
      #expect(abs(metric.metersPerDegreeLongitude - max(east, 1e-7)) < 2e-8, "\(latitude)")
    }
  }
}
