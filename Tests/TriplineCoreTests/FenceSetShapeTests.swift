import Testing
import TriplineCore
import TriplineTesting

/// Sets that are unkind to an index.
@Suite struct FenceSetShapeTests {
  @Test(arguments: [3, 9, 100])
  func `the same fence many times costs as many times as much, not more`(copies: Int) throws {
    var random = RandomFences(seed: 1)
    let center = Coordinate(latitude: 50, longitude: 14)
    let shapes: [Fence.Shape] = [
      .box(south: 50, west: 14, north: 50.25, east: 14.25),
      .polygons([random.polygon(around: center, radius: 0.25, corners: 40)]),
      .circle(center: center, radius: 50_000),
    ]
    for shape in shapes {
      let one = try FenceSet([Fence(id: "0", shape: shape)])
      let many = try FenceSet((0..<copies).map { Fence(id: "\($0)", shape: shape) })
      #expect(many.byteCount < 40 * copies * (one.byteCount + 1000), "\(copies) × \(shape)")
      for _ in 0..<200 {
        let probe = Coordinate(
          latitude: 50 + random.number(in: -0.6...0.6), longitude: 14 + random.number(in: -0.8...0.8))
        let expected = one.fences(containing: probe).isEmpty ? [] : Array(0..<UInt32(copies))
        #expect(many.fences(containing: probe) == expected)
      }
    }
  }

  @Test func `C43 a tiny fence is found beside one that spans the Earth`() throws {
    var fences = [
      Fence(id: "world", shape: .box(south: -80, west: -180, north: 80, east: 180)),
      Fence(id: "half", shape: .circle(center: Coordinate(latitude: 0, longitude: 0), radius: 9_000_000)),
    ]
    for index in 0..<200 {
      let east = 14 + Double(index) * 1e-4
      fences.append(Fence(id: "room-\(index)", shape: .box(south: 50, west: east, north: 50.00002, east: east + 2e-5)))
    }
    let set = try FenceSet(fences)
    for index in 0..<200 {
      let inside = Coordinate(latitude: 50.00001, longitude: 14 + Double(index) * 1e-4 + 1e-5)
      #expect(set.fences(containing: inside) == [0, 1, UInt32(index + 2)])
    }
    #expect(set.fences(containing: Coordinate(latitude: -45, longitude: 170)) == [0])
    #expect(set.byteCount < 2_000_000)
  }

  @Test func `a needle and a fence at the edge of the world`() throws {
    let needle = Fence(
      id: "needle",
      shape: .polygons([
        Polygon(
          exterior: Ring([
            Coordinate(latitude: 10, longitude: 10), Coordinate(latitude: 20, longitude: 10.000000001),
            Coordinate(latitude: 20, longitude: 10),
          ]))
      ]))
    let edges = [
      needle,
      Fence(id: "north", shape: .box(south: 89, west: -180, north: 90, east: 180)),
      Fence(id: "east", shape: .box(south: -1, west: 179, north: 1, east: 180)),
      Fence(id: "west", shape: .box(south: -1, west: -180, north: 1, east: -179)),
    ]
    let set = try FenceSet(edges)
    #expect(set.location(of: Coordinate(latitude: 15, longitude: 10), in: 0) == .boundary)
    #expect(set.location(of: Coordinate(latitude: 15, longitude: 10.0000000001), in: 0) == .interior)
    #expect(set.location(of: Coordinate(latitude: 15, longitude: 10.000000001), in: 0) == .exterior)
    #expect(set.fences(containing: Coordinate(latitude: 90, longitude: 123)) == [1])
    #expect(set.fences(containing: Coordinate(latitude: 0, longitude: 180)) == [2, 3])
    #expect(set.fences(containing: Coordinate(latitude: 0, longitude: -180)) == [2, 3])
    #expect(set.fences(containing: Coordinate(latitude: .nan, longitude: 0)) == [])
    #expect(set.fences(containing: Coordinate(latitude: 0, longitude: .infinity)) == [])
    #expect(try FenceSet([]).fences(containing: Coordinate(latitude: 0, longitude: 0)) == [])
  }

  @Test func `rings far smaller than their fence are there`() throws {
    for seed in Seeds.first(400) {
      var random = RandomFences(seed: seed)
      let middle = RandomFences.snapped(latitude: 20, longitude: 30)
      let extent = [0.5, 5, 20][random.whole(in: 0...2)]
      func place() -> Coordinate {
        RandomFences.snapped(
          latitude: middle.latitude + random.number(in: -extent...extent) * 0.6,
          longitude: middle.longitude + random.number(in: -extent...extent) * 0.6)
      }
      // Tiny squares: holes of a large one, polygons of a multipolygon, two of them next to one another.
      func square(_ center: Coordinate, _ half: Double) -> Ring {
        Ring(
          [(-half, -half), (-half, half), (half, half), (half, -half)].map {
            Coordinate(latitude: center.latitude + $0.0, longitude: center.longitude + $0.1)
          })
      }
      let tiny = (0..<6).map { _ in place() }
      let half = [1, 4, 64][random.whole(in: 0...2)] / 1_048_576.0
      let shapes = [
        [Polygon(exterior: square(middle, extent), holes: tiny.map { square($0, half) })],
        tiny.map { Polygon(exterior: square($0, half)) },
        [Polygon(exterior: square(middle, extent / 4))] + tiny.map { Polygon(exterior: square($0, half)) },
      ]
      let fences = shapes.enumerated().map { Fence(id: "\($0.offset)", shape: .polygons($0.element)) }
      let set = try FenceSet(fences)
      for center in tiny {
        for _ in 0..<12 {
          let probe = RandomFences.snapped(
            latitude: center.latitude + random.number(in: -2...2) * half,
            longitude: center.longitude + random.number(in: -2...2) * half)
          let expected = FenceSetLookupTests.expected(probe, in: fences)
          let found = set.locations(of: probe).map {
            FenceSetLookupTests.Pair(fence: $0.fence, location: $0.location)
          }
          #expect(found == expected, "seed \(seed), \(probe)")
        }
        // And a vehicle that drives through one of them crosses its boundary.
        let events = try FenceStepTests.events(
          of: [
            Coordinate(latitude: center.latitude, longitude: center.longitude - 0.01),
            Coordinate(latitude: center.latitude, longitude: center.longitude + 0.01),
          ], in: set)
        #expect(events.contains { $0.fence == 1 && $0.kind == .cross }, "seed \(seed), \(center)")
      }
    }
  }

  @Test func `fences that cover everything are told once, not in every cell`() throws {
    var fences = (0..<500).map { index in
      Fence(id: "wide-\(index)", shape: .box(south: -60, west: -100, north: 60, east: 100))
    }
    for index in 0..<3000 {
      let (row, column) = (Double(index / 60), Double(index % 60))
      fences.append(
        Fence(
          id: "small-\(index)",
          shape: .box(
            south: 40 + row * 0.01, west: 10 + column * 0.01, north: 40.006 + row * 0.01, east: 10.006 + column * 0.01)
        ))
    }
    let set = try FenceSet(fences)
    #expect(set.byteCount < 8_000_000)
    let inside = Coordinate(latitude: 40.003, longitude: 10.003)
    #expect(set.fences(containing: inside) == Array(0...500))
    #expect(set.fences(containing: Coordinate(latitude: 40.008, longitude: 10.008)) == Array(0..<500))
    #expect(set.location(of: inside, in: 499) == .interior)
    #expect(set.location(of: inside, in: 501) == .exterior)
  }

  @Test func `after every fix the vehicle is where the lookup says`() throws {
    // Fences that reach past both ends of the map, so that some longitudes lie on the grid twice.
    for seed in Seeds.first(60) {
      var random = RandomFences(seed: seed)
      var fences = random.fences(count: 12, around: Coordinate(latitude: 5, longitude: 179), extent: 4)
      fences += random.fences(count: 12, around: Coordinate(latitude: 5, longitude: -172), extent: 4)
        .enumerated().map { Fence(id: "west-\($0.offset)", shape: $0.element.shape) }
      fences.append(Fence(id: "wide", shape: .box(south: 0, west: 170, north: 10, east: -170)))
      let set = try FenceSet(fences)
      var configuration = Engine.Configuration()
      configuration.gate.largestSpeed = .infinity
      configuration.gate.reorderWindow = 0
      var engine = Engine(fences: set, configuration: configuration)
      var events = EventBuffer()
      var inside: Set<UInt32> = []
      var longitude = 176.0
      var previous: Coordinate?
      for second in 0..<300 {
        let step = [0.003, 0.3, 3][random.whole(in: 0...2)]
        longitude += random.number(in: -step...step)
        if longitude >= 180 { longitude -= 360 } else if longitude < -180 { longitude += 360 }
        // On a boundary now and then, in decimal degrees, where sums of longitudes are rounded.
        if random.whole(in: 0...9) == 0 { longitude = [170, -170, 179.00015, -178.1][random.whole(in: 0...3)] }
        let place = Coordinate(latitude: random.number(in: 4...6), longitude: longitude)
        let fix = Fix(
          vehicle: 0, time: Int64(second) * 1000, latitude: place.latitude, longitude: place.longitude)
        engine.process([fix].span, into: &events)
        inside.follow(events.events)
        events.removeAll()
        // The engine decides on a fix when the next one has come.
        if let previous { #expect(inside.sorted() == set.fences(containing: previous), "seed \(seed), \(previous)") }
        previous = place
      }
    }
  }

  /// Fences of hundreds of kilometres have cells of kilometres, of which a step of centimetres is no part at all.
  @Test func `steps of centimetres over the edges of large fences are seen`() throws {
    for seed in Seeds.first(200) {
      var random = RandomFences(seed: seed)
      let middle = RandomFences.snapped(latitude: 45, longitude: 10)
      let fences = random.fences(count: 6, around: middle, extent: 5)
      let set = try FenceSet(fences)
      var configuration = Engine.Configuration()
      configuration.gate.reorderWindow = 0
      configuration.gate.largestSpeed = .infinity
      for policy in [Engine.Policy.live, .sampled] {
        configuration.policy = policy
        var engine = Engine(fences: set, configuration: configuration)
        var events = EventBuffer()
        var inside: Set<UInt32> = []
        var places: [Coordinate] = []
        for second in 0..<120 {
          if second % 30 == 0 || places.isEmpty {
            places.append(random.probe(of: fences, around: middle, extent: 5))
          } else {
            let last = places[places.count - 1]
            places.append(
              RandomFences.snapped(
                latitude: last.latitude + random.number(in: -2e-6...2e-6),
                longitude: last.longitude + random.number(in: -2e-6...2e-6)))
          }
          let place = places[places.count - 1]
          let fix = Fix(
            vehicle: 0, time: Int64(second) * 1000, latitude: place.latitude, longitude: place.longitude)
          engine.process([fix].span, into: &events)
          inside.follow(events.events)
          events.removeAll()
          // The live engine decides on a fix when the next one has come.
          let decided = policy == .live ? places.count - 2 : places.count - 1
          if decided >= 0 {
            #expect(inside.sorted() == set.fences(containing: places[decided]), "seed \(seed), \(places[decided])")
          }
        }
      }
    }
  }
}

extension Set<UInt32> {
  /// Goes along with what fence events say a vehicle is inside of.
  fileprivate mutating func follow(_ events: [Event]) {
    for case .fence(let event) in events {
      switch event.kind {
      case .start, .enter: insert(event.fence)
      case .exit: remove(event.fence)
      case .cross, .end: break
      }
    }
  }
}
