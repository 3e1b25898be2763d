import Dispatch
import Testing
import TriplineTesting

@testable import TriplineCore

/// Sets with a fence more or less, against sets that are built anew, while others go on being read.
@Suite struct FenceEditTests {
  private static let center = Coordinate(latitude: 50, longitude: 14)

  private func ids(_ set: FenceSet, _ place: Coordinate) -> [String] {
    set.fences(containing: place).map { set.id(of: $0) }.sorted()
  }

  /// What a step meets, by id and fraction.
  private func contacts(_ set: FenceSet, _ a: Coordinate, _ b: Coordinate) -> [String] {
    var contacts: [Contact] = []
    set.collectContacts(
      from: PlanarPoint(x: a.longitude, y: a.latitude), to: PlanarPoint(x: b.longitude, y: b.latitude), turned: 0,
      into: &contacts)
    // A boundary that is met twice at one place may be found once or twice, by how it is cut; so may the places where
    // one piece of a corridor leads into another.
    return Set(
      contacts.filter { !set.grid.geometry.records[Int($0.fence)].isCorridor }.map {
        "\(set.id(of: $0.fence)) \(Int(($0.fraction * 1e9).rounded()))"
      }
    ).sorted()
  }

  private func shapes(_ random: inout RandomFences, _ count: Int, _ extent: Double) -> [Fence] {
    random.fences(count: count, around: Self.center, extent: extent)
      + random.corridors(count: count / 6, around: Self.center, extent: extent)
  }

  @Test(arguments: Seeds.first(24)) func `an edited set answers as one that is built anew`(seed: UInt64) throws {
    var random = RandomFences(seed: seed)
    // From few fences to enough for several levels of cells.
    let all = shapes(&random, [12, 60, 400][Int(seed % 3)], 0.05).enumerated().map { index, fence in
      var fence = fence
      fence.id = "\(index)"
      return fence
    }
    let first = Array(all.prefix(all.count * 3 / 4))
    var set = try FenceSet(first)
    var live = first
    var waiting = Array(all.dropFirst(first.count))
    for edit in 0..<40 {
      if live.count < 4 && waiting.isEmpty { break }
      if !waiting.isEmpty && (random.whole(in: 0...1) == 0 || live.count < 4) {
        let fence = waiting.removeFirst()
        set = try set.adding(fence)
        live.append(fence)
      } else {
        let fence = live.remove(at: random.whole(in: 0...live.count - 1))
        set = set.removing(fence.id)
        if random.whole(in: 0...1) == 0 { waiting.append(fence) }
      }
      guard edit % 8 == 7 || edit < 4 else { continue }
      let anew = try FenceSet(live)
      for _ in 0..<40 {
        let place = random.probe(of: live, around: Self.center, extent: 0.06)
        let target = random.probe(of: live, around: Self.center, extent: 0.06)
        #expect(ids(set, place) == ids(anew, place), "seed \(seed), edit \(edit), \(place)")
        #expect(contacts(set, place, target) == contacts(anew, place, target), "seed \(seed), edit \(edit)")
      }
      #expect(live.allSatisfy { set.index(of: $0.id) != nil })
    }
  }

  @Test func `a set that has been edited is as it was`() throws {
    var random = RandomFences(seed: 7)
    let all = shapes(&random, 200, 0.05)
    let first = try FenceSet(Array(all.prefix(150)))
    let places = (0..<300).map { _ in random.probe(of: all, around: Self.center, extent: 0.05) }
    let before = places.map { ids(first, $0) }
    var set = first
    var versions: [(FenceSet, [[String]])] = []
    for (index, fence) in all.dropFirst(150).enumerated() {
      set = try set.adding(fence)
      set = set.removing(all[index].id)
      versions.append((set, places.map { ids(set, $0) }))
    }
    #expect(places.map { ids(first, $0) } == before)
    for (version, expected) in versions { #expect(places.map { ids(version, $0) } == expected) }
    #expect(versions[0].1 != versions[40].1)
  }

  @Test func `sets that come of one another in two ways do not meet`() throws {
    var random = RandomFences(seed: 9)
    let all = shapes(&random, 60, 0.05)
    let base = try FenceSet(Array(all.prefix(40)))
    let one = try base.adding(all[40]).adding(all[41])
    let other = try base.adding(all[42]).removing(all[0].id)
    let places = (0..<300).map { _ in random.probe(of: all, around: Self.center, extent: 0.05) }
    let expectedOne = try FenceSet(Array(all.prefix(42)))
    let expectedOther = try FenceSet(Array(all[1..<40]) + [all[42]])
    for place in places {
      #expect(ids(one, place) == ids(expectedOne, place))
      #expect(ids(other, place) == ids(expectedOther, place))
    }
  }

  @Test func `a fence outside of all others, the first one and the last one`() throws {
    let far = Fence(id: "far", shape: .circle(center: Coordinate(latitude: -30, longitude: 100), radius: 500))
    let near = Fence(id: "near", shape: .circle(center: Self.center, radius: 500))
    var set = try FenceSet([]).adding(near)
    #expect(ids(set, Self.center) == ["near"])
    set = try set.adding(far)
    #expect(ids(set, Coordinate(latitude: -30, longitude: 100)) == ["far"] && ids(set, Self.center) == ["near"])
    set = set.removing("near")
    #expect(ids(set, Self.center).isEmpty && set.index(of: "near") == nil)
    set = set.removing("far").removing("unknown")
    #expect(ids(set, Coordinate(latitude: -30, longitude: 100)).isEmpty)
    set = try set.adding(near)
    #expect(ids(set, Self.center) == ["near"] && set.index(of: "near") == 2)
  }

  @Test func `a fence that cannot be used, or is there, changes nothing`() throws {
    let near = Fence(id: "near", shape: .circle(center: Self.center, radius: 500))
    let set = try FenceSet([near])
    #expect(throws: FenceError.self) { try set.adding(near) }
    #expect(throws: FenceError.self) { try set.adding(Fence(id: "x", shape: .circle(center: Self.center, radius: 0))) }
    #expect(throws: FenceError.self) { try set.adding(Fence(id: "x", shape: near.shape, floor: 5, ceiling: 1)) }
    #expect(set.count == 1 && ids(set, Self.center) == ["near"])
    let high = try set.adding(Fence(id: "high", name: "High", shape: near.shape, floor: 100))
    #expect(high.contains(altitude: 50, in: 0) && !high.contains(altitude: 50, in: 1))
    #expect(high.name(of: 1) == "High" && high.ids == ["near", "high"])
  }

  @Test func `a fence over many others covers them, and is gone again`() throws {
    var random = RandomFences(seed: 21)
    let small = (0..<1200).map { index -> Fence in
      let middle = Coordinate(
        latitude: 50 + random.number(in: -0.04...0.04), longitude: 14 + random.number(in: -0.04...0.04))
      return Fence(
        id: "\(index)", shape: .polygons([random.polygon(around: middle, radius: 0.001, corners: 12)]))
    }
    let base = try FenceSet(small)
    let cover = Fence(id: "all", shape: .box(south: 49.965, west: 13.965, north: 50.035, east: 14.035))
    let covered = try base.adding(cover)
    let again = covered.removing("all")
    for _ in 0..<600 {
      let place = random.probe(of: small, around: Self.center, extent: 0.045)
      let expected = ids(base, place)
      let isCovered = ReferenceGeometry.contains(place, cover)
      #expect(ids(covered, place) == (isCovered ? (expected + ["all"]).sorted() : expected))
      #expect(ids(again, place) == expected)
    }
  }

  @Test func `C44 a set is read on several threads while it is edited`() throws {
    var random = RandomFences(seed: 3)
    let all = shapes(&random, 300, 0.05)
    let places = (0..<64).map { _ in random.probe(of: all, around: Self.center, extent: 0.05) }
    let base = try FenceSet(Array(all.prefix(200)))
    let expected = places.map { ids(base, $0) }
    let edits = all.dropFirst(200).prefix(60)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      if thread == 0 {
        var set = base
        for (index, fence) in edits.enumerated() {
          set = ((try? set.adding(fence)) ?? set).removing(all[index].id)
          #expect(set.index(of: fence.id) != nil && set.index(of: all[index].id) == nil)
        }
      } else {
        for _ in 0..<20 {
          for (place, known) in zip(places, expected) { #expect(ids(base, place) == known) }
        }
      }
    }
  }

  @Test func `edits go on where the index has no room for more of them`() throws {
    var random = RandomFences(seed: 4)
    let star = random.polygon(around: Self.center, radius: 0.1, corners: 600)
    let wide = Fence(id: "wide", shape: .box(south: 49.5, west: 13.5, north: 50.5, east: 14.5))
    var set = try FenceSet([wide])
    let first = set
    var arenas = Set([ObjectIdentifier(set.grid.arena)])
    // Some ten kilobytes of a megabyte each.
    for edit in 0..<400 {
      set = try set.adding(Fence(id: "star", shape: .polygons([star])))
      arenas.insert(ObjectIdentifier(set.grid.arena))
      if edit % 40 == 0 { #expect(ids(set, star.exterior.coordinates[edit]) == ["star", "wide"]) }
      set = set.removing("star")
      if edit % 40 == 0 { #expect(ids(set, star.exterior.coordinates[edit]) == ["wide"]) }
    }
    #expect(arenas.count > 1, "the index has never been built anew")
    #expect(ids(first, Self.center) == ["wide"])
  }

  @Test func `vehicles go over to an edited set`() throws {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    let yard = Fence(id: "yard", shape: .circle(center: Self.center, radius: 500))
    let set = try FenceSet([yard, Fence(id: "wide", shape: .circle(center: Self.center, radius: 50_000))])
    var engine = Engine(fences: set, configuration: configuration)
    var events = EventBuffer()
    var closing = EventBuffer()
    let fix = Fix(vehicle: 0, time: 1_000_000, latitude: 50, longitude: 14)
    engine.process([fix].span, into: &events)
    engine.advanceWatermark(to: 1_000_001, into: &events)
    events.removeAll()
    let added = try set.adding(Fence(id: "new", shape: .circle(center: Self.center, radius: 800)))
    engine.replaceFences(with: added, at: 1_001_000, closing: &closing, into: &events)
    engine.replaceFences(with: added.removing("yard"), at: 1_002_000, closing: &closing, into: &events)
    func told(_ buffer: EventBuffer) -> [String] {
      buffer.events.compactMap { event in
        guard case .fence(let event) = event else { return nil }
        return "\(event.kind) \(added.id(of: event.fence)) \(event.reason)"
      }
    }
    #expect(told(events) == ["start new fenceAdded"] && told(closing) == ["exit yard fenceRemoved"])
  }
}
