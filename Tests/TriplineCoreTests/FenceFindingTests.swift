import Testing
import TriplineCore

@Suite struct FenceFindingTests {
  private func ring(_ corners: [(Double, Double)]) -> Ring {
    Ring(corners.map { Coordinate(latitude: $0.1, longitude: $0.0) })
  }

  private func findings(_ rings: [Ring]) -> [FenceFinding] {
    Fence(id: "f", shape: .polygons([Polygon(exterior: rings[0], holes: Array(rings.dropFirst()))])).findings()
  }

  private let square: [(Double, Double)] = [(10, 50), (11, 50), (11, 51), (10, 51), (10, 50)]

  @Test func `nothing is wrong with a square, a circle and a box`() {
    #expect(findings([ring(square)]).isEmpty)
    let center = Coordinate(latitude: 50, longitude: 14)
    #expect(Fence(id: "c", shape: .circle(center: center, radius: 100)).findings().isEmpty)
    #expect(Fence(id: "b", shape: .box(south: 0, west: 179, north: 1, east: -179)).findings().isEmpty)
  }

  @Test func `C41 a bow tie crosses itself, and where`() throws {
    let found = findings([ring([(10, 50), (11, 51), (11, 50), (10, 51), (10, 50)])])
    #expect(found.map(\.kind) == [.selfCrossing])
    let finding = try #require(found.first)
    #expect(finding.coordinate == Coordinate(latitude: 50.5, longitude: 10.5))
    #expect(finding.polygon == 0 && finding.ring == 0 && finding.isInvalid)
    #expect(finding.description.contains("fence \"f\"") && finding.description.contains("latitude 50.5"))
  }

  @Test func `C41 a ring that touches itself is told once`() {
    // Two triangles that meet in one corner, drawn as one ring.
    let found = findings([ring([(10, 50), (11, 50), (10.5, 50.5), (11, 51), (10, 51), (10.5, 50.5), (10, 50)])])
    #expect(found.map(\.kind) == [.selfTouching])
    #expect(found.first?.coordinate == Coordinate(latitude: 50.5, longitude: 10.5))
  }

  @Test func `C41 an open ring, a corner twice, an area of nothing and a sliver`() {
    #expect(findings([ring(square.dropLast())]).map(\.kind) == [.unclosed])
    var twice = square
    twice.insert((11, 50), at: 1)
    #expect(findings([ring(twice)]).map(\.kind) == [.duplicateCorner])
    let line = findings([ring([(10, 50), (11, 51), (12, 52), (10, 50)])])
    #expect(line.contains { $0.kind == .zeroArea } && line.contains { $0.kind == .selfCrossing })
    let thread = ring([(10, 50), (10.1, 50), (10.1, 50.000002), (10, 50.000002), (10, 50)])
    #expect(findings([thread]).map(\.kind) == [.sliver])
  }

  @Test func `a hole outside its outline is told, one that touches it is not`() {
    let outside = ring([(20, 50.2), (20.5, 50.2), (20.2, 50.5), (20, 50.2)])
    #expect(findings([ring(square), outside]).map(\.kind) == [.holeOutside])
    let touching = ring([(10, 50), (10.5, 50.2), (10.2, 50.5), (10, 50)])
    #expect(findings([ring(square), touching]).isEmpty)
    let crossing = ring([(10.5, 50.5), (12, 50.6), (10.5, 50.7), (10.5, 50.5)])
    #expect(findings([ring(square), crossing]).allSatisfy { $0.kind == .selfCrossing })
    #expect(findings([ring(square), crossing]).count == 2)
  }

  @Test func `a fence that cannot be used says so`() {
    let bad: [(Fence.Shape, String)] = [
      (.polygons([Polygon(exterior: ring([(10, 50), (11, 50)]))]), "at least three"),
      (.polygons([Polygon(exterior: ring([(10, 50), (11, 50), (11, 97)]))]), "no position"),
      (.polygons([Polygon(exterior: ring([(50, 100), (51, 100), (51, 101)]))]), "swapped"),
      (.polygons([Polygon(exterior: ring([(10, 50), (11, .nan), (11, 51)]))]), "no position"),
      (.polygons([]), "no polygon"),
      (.circle(center: Coordinate(latitude: 50, longitude: 14), radius: 0), "more than 0"),
      (.circle(center: Coordinate(latitude: 50, longitude: 14), radius: .nan), "more than 0"),
      (.circle(center: Coordinate(latitude: .infinity, longitude: 14), radius: 5), "no position"),
      (.box(south: 2, west: 0, north: 1, east: 1), "north"),
      (.box(south: 1, west: 1, north: 1, east: 1), "no area"),
    ]
    for (shape, words) in bad {
      let found = Fence(id: "bad", shape: shape).findings()
      #expect(found.map(\.kind) == [.unusable], "\(shape)")
      #expect(found.first?.message.contains(words) == true, "\(shape): \(found)")
      #expect(throws: FenceError.self) { try FenceSet([Fence(id: "bad", shape: shape)]) }
    }
    var problems: [FenceError] = []
    let good = Fence(id: "good", shape: .polygons([Polygon(exterior: ring(square))]))
    let set = FenceSet([good, Fence(id: "bad", shape: bad[0].0), good], problems: &problems)
    #expect(set.ids == ["good"])
    #expect(problems.map(\.code) == [.tooFewCorners, .repeatedID])
  }
}
