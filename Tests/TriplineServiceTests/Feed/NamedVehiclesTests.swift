import MyCarTracks
import Testing

@testable import TriplineService

@Suite struct NamedVehiclesTests {
  private let account = [
    Vehicle(id: ResourceID("1001"), name: "Van 1"), Vehicle(id: ResourceID("1002"), name: "Van 2"),
    Vehicle(id: ResourceID("truck-north-7"), name: "Truck"), Vehicle(id: ResourceID("9")),
  ]

  private func told(_ named: Set<String>) -> [String] {
    NamedVehicles.unknown(named, in: account).map(\.description)
  }

  @Test func `vehicles that are there are not told of`() {
    #expect(told(["1001", "9", "truck-north-7"]).isEmpty)
  }

  @Test(
    arguments: [
      ("van 2", "van 2 (1002?)"), ("101", "101 (1001?)"), ("10022", "10022 (1002?)"), ("1OO2", "1OO2"),
      ("Truck-Nord-7", "Truck-Nord-7 (truck-north-7?)"), ("8", "8"), ("", ""), ("car", "car"),
    ])
  func `one that is not there is told with the nearest that is`(id: String, text: String) {
    #expect(told([id]) == [text])
  }

  @Test func `groups are empty where some vehicle says what it is in and none is in them`() {
    let groups = ["8", "7", "8"].map { ResourceID($0) }
    #expect(NamedVehicles.empty(groups, in: account).isEmpty)
    let members = account + [Vehicle(id: ResourceID("5"), groupIDs: [ResourceID("7")])]
    #expect(NamedVehicles.empty(groups, in: members) == ["8"])
    #expect(NamedVehicles.empty([], in: members).isEmpty)
  }

  @Test func `of many all are there, and the first are guessed`() {
    let many = Set((0..<100).map { "van\(1000 + $0 * 50)x" })
    let unknown = NamedVehicles.unknown(many, in: account)
    #expect(unknown.map(\.id) == many.sorted())
    #expect(unknown.dropFirst(NamedVehicles.mostGuessed).allSatisfy { $0.nearest == nil })
  }
}
