import Testing
import TriplineTesting

@testable import MyCarTracks

@Suite struct PageMachineTests {
  @Test(arguments: 0..<500 as Range<UInt64>)
  func `every row is asked for once, whatever the server gives at once`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let total = Int.random(in: 0...300, using: &random)
    let cap = Int.random(in: 1...120, using: &random)
    let limit = Int.random(in: 1...120, using: &random)
    var largest = 0
    for _ in 0..<3 {
      var machine = PageMachine(limit: limit, largestPage: largest)
      var rows = 0
      var pages = 0
      while let page = machine.next {
        #expect(page.offset == rows && page.limit == limit, "seed \(seed)")
        let given = min(max(0, total - page.offset), min(limit, cap))
        machine.received(rows: given)
        rows += given
        pages += 1
        guard pages < 1000 else { break }
      }
      #expect(rows == total, "seed \(seed)")
      // One more than needed, at most.
      #expect(pages <= total / min(limit, cap) + 2, "seed \(seed)")
      largest = max(largest, machine.largestPage)
    }
  }
}
