import Testing
import TriplineCore

@Suite struct IdentifierTableTests {
  @Test func `an id keeps the index of its first appearance`() {
    var table = IdentifierTable()
    #expect(table.insert("van-1") == 0)
    #expect(table.insert("van-2") == 1)
    #expect(table.insert("van-1") == 0)
    #expect(table[1] == "van-2")
    #expect(table.index(of: "van-3") == nil)
    #expect(table.ids == ["van-1", "van-2"])
  }
}
