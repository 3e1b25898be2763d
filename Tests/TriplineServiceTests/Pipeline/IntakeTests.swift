import Testing
import TriplineCore

@testable import TriplineService

@Suite struct IntakeTests {
  private func fixes(_ numbers: Range<Int>) -> [ReceivedFix] {
    numbers.map { ReceivedFix(vehicleID: "v", fix: Fix(vehicle: 0, time: Int64($0), latitude: 0, longitude: 0)) }
  }

  @Test func `all that is put in comes out in its order, and who puts in too much waits`() async {
    let intake = Intake()
    let count = Intake.bound * 2 + 77
    async let putting: Void = {
      for start in stride(from: 0, to: count, by: 1000) {
        await intake.put(fixes(start..<min(count, start + 1000)))
      }
      intake.close()
    }()
    var (next, batches) = (Int64(0), 0)
    while let taken = await intake.take() {
      #expect(!taken.isEmpty && taken.count <= Intake.batch)
      #expect(taken.map(\.fix.time) == Array(next..<next + Int64(taken.count)))
      next += Int64(taken.count)
      batches += 1
    }
    await putting
    #expect(next == count && batches >= count / Intake.batch)
    let last = await intake.take()
    #expect(last == nil)
  }

  @Test func `who waits for fixes when it is closed gets none, and what comes afterwards is left aside`() async {
    let intake = Intake()
    async let taken = intake.take()
    intake.close()
    let (first, last) = (
      await taken,
      await { () async -> [ReceivedFix]? in
        await intake.put(fixes(0..<3))
        return await intake.take()
      }()
    )
    #expect(first == nil && last == nil)
  }

  @Test func `who is woken goes on once with nothing, also when it was at work, not instead of what waits`() async {
    let intake = Intake()
    intake.wake()
    intake.wake()
    #expect(await intake.take()?.isEmpty == true)
    await intake.put(fixes(0..<3))
    intake.wake()
    #expect(await intake.take()?.count == 3)
    // It has been woken once, and waits for the next.
    async let waiting = intake.take()
    await intake.put(fixes(3..<4))
    #expect(await waiting?.count == 1)
    await intake.put(fixes(4..<5))
    intake.close()
    intake.wake()
    #expect(await intake.take()?.count == 1)
    #expect(await intake.take() == nil)
  }
}
