import Testing

@testable import TriplineCore

/// The radius of a place by the accuracies that its fixes state.
@Suite struct AnchorTests {
  private let place = Coordinate(latitude: 50, longitude: 14)
  private let metric = LocalMetric(latitude: 50)
  private let parameters = TripParameters()

  private func join(_ anchor: inout Anchor, _ count: Int, accuracy: Float) {
    for _ in 0..<count {
      let fix = Fix(vehicle: 0, time: 0, latitude: 50, longitude: 14, accuracy: accuracy)
      anchor.join(fix, radius: 50, in: metric)
    }
  }

  @Test func `it is the median, read from bins of 10 m, between the smallest and the largest radius`() {
    var anchor = Anchor(at: place, accuracy: .nan)
    #expect(anchor.radius(parameters) == 50)
    join(&anchor, 9, accuracy: 20)
    #expect(anchor.radius(parameters) == 50)
    // Nine of 20 and eleven of 75 m: the tenth of twenty is the first of the bin from 70 to 80.
    join(&anchor, 11, accuracy: 75)
    #expect(abs(anchor.radius(parameters) - (70 + 10 * 0.5 / 11)) < 0.001)
    join(&anchor, 100, accuracy: 500)
    #expect(anchor.radius(parameters) > 90 && anchor.radius(parameters) <= 100)
  }

  @Test(arguments: [(120, 65), (65, 120), (30, 85), (85, 30)] as [(Float, Float)])
  func `more fixes than a byte counts keep their shares, each bin its own`(many: Float, few: Float) {
    var anchor = Anchor(at: place, accuracy: many)
    join(&anchor, 1_000, accuracy: many)
    var expected = Anchor(at: place, accuracy: many)
    join(&expected, 100, accuracy: many)
    join(&anchor, 20, accuracy: few)
    join(&expected, 5, accuracy: few)
    // A few others move the median by little.
    #expect(abs(anchor.radius(parameters) - expected.radius(parameters)) < 5)
    // Once there are more of the others than are remembered of the first, it is theirs.
    join(&anchor, 600, accuracy: few)
    var other = Anchor(at: place, accuracy: few)
    join(&other, 100, accuracy: few)
    #expect(abs(anchor.radius(parameters) - other.radius(parameters)) < 10)
  }

  @Test func `beginning anew leaves nothing of before`() {
    var anchor = Anchor(at: Coordinate(latitude: 51, longitude: 15), accuracy: 95)
    join(&anchor, 300, accuracy: 95)
    anchor.restart(at: place, accuracy: 5)
    let fresh = Anchor(at: place, accuracy: 5)
    #expect(anchor.place.latitude == fresh.place.latitude && anchor.place.longitude == fresh.place.longitude)
    #expect(anchor.count == 1 && anchor.squares == 0 && anchor.radius(parameters) == 50)
  }
}
