import Testing

@testable import MyCarTracks

@Suite struct HeldPositionsTests {
  private let van = ResourceID("101")
  private let car = ResourceID("102")

  private func position(_ vehicle: ResourceID, _ time: Int64) -> Position {
    Position(vehicleID: vehicle, point: TrackPoint(time: time, latitude: 50, longitude: 14))
  }

  private func keys(_ positions: [Position]) -> [String] {
    positions.map { "\($0.vehicleID) \($0.point.time)" }
  }

  @Test func `what has waited for too long is let go, and its vehicle waits no more until nothing of it is missing`() {
    var held = HeldPositions(patience: .seconds(120))
    #expect(keys(held.take([position(van, 2), position(car, 2)], at: .zero) { $0 == van }) == ["102 2"])
    #expect(held.due == .seconds(120))
    #expect(held.take([position(van, 1), position(car, 3)], at: .seconds(100)) { _ in true }.isEmpty)
    #expect(held.release(at: .seconds(119)) { _ in true }.isEmpty && held.givenUpCount == 0)
    // The other one has waited for 20 s only.
    #expect(keys(held.release(at: .seconds(120)) { _ in true }) == ["101 1", "101 2"])
    #expect(held.givenUpCount == 1 && held.due == .seconds(220))
    #expect(keys(held.take([position(van, 4)], at: .seconds(121)) { _ in true }) == ["101 4"])
    #expect(keys(held.release(at: .seconds(220)) { _ in true }) == ["102 3"])
    #expect(held.givenUpCount == 2 && held.due == nil)
    #expect(held.release(van).isEmpty)
    // Another gap of it.
    #expect(held.take([position(van, 5)], at: .seconds(300)) { _ in true }.isEmpty)
    #expect(keys(held.release(at: .seconds(301)) { _ in false }) == ["101 5"])
    #expect(held.givenUpCount == 2)
  }

  @Test func `of a vehicle whose history has come what waits is let go in its order, or as far as it has come`() {
    var held = HeldPositions(patience: .seconds(120))
    let positions = [position(van, 5), position(van, 3), position(car, 1), position(van, 4)]
    #expect(held.take(positions, at: .zero) { _ in true }.isEmpty)
    #expect(keys(held.release(van, upTo: 4)) == ["101 3", "101 4"])
    #expect(keys(held.release(van)) == ["101 5"] && held.due == .seconds(120))
    #expect(keys(held.release(car, upTo: 1)) == ["102 1"] && held.due == nil)
    #expect(held.givenUpCount == 0)
  }

  @Test func `no more is kept than there is room for, and what a vehicle has waiting goes before what comes then`() {
    var held = HeldPositions(patience: .seconds(120), bound: 3)
    let positions = [position(van, 1), position(car, 1), position(van, 2)]
    #expect(held.take(positions, at: .zero) { _ in true }.isEmpty)
    #expect(keys(held.take([position(van, 3)], at: .zero) { _ in true }) == ["101 1", "101 2", "101 3"])
    #expect(held.givenUpCount == 1)
    // There is room again, but not for one that was given up.
    #expect(keys(held.take([position(car, 2), position(van, 4)], at: .zero) { _ in true }) == ["101 4"])
    #expect(keys(held.release(car)) == ["102 1", "102 2"])
  }

  @Test func `those are made up for first of which most waits, then the others, each once`() {
    var held = HeldPositions(patience: .seconds(120))
    let (bus, cab, bike) = (ResourceID("103"), ResourceID("104"), ResourceID("105"))
    let positions = [position(car, 1), position(bus, 1), position(bus, 2), position(cab, 1), position(bike, 1)]
    #expect(held.take(positions, at: .zero) { _ in true }.isEmpty)
    // Nothing of the bike is fetched now.
    var queue = CatchUpQueue([van, cab, car, bus, ResourceID("100")])
    #expect(queue.next(held) == bus)
    _ = held.take([position(cab, 2)], at: .zero) { _ in true }
    let rest = (0..<5).map { _ in queue.next(held) }
    #expect(rest == [cab, car, ResourceID("100"), van, nil])
  }
}
