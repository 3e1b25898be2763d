import Foundation
import MyCarTracksTesting
import Testing

@testable import TriplineService

@Suite struct HealthTests {
  @Test func `nothing is ready before it has said so`() {
    let board = HealthBoard()
    #expect(!board.health.isReady)
    board.note { $0.store = .ok }
    board.note { $0.feed = .ok }
    #expect(!board.health.isReady)
    board.note { $0.outbox = .ok }
    #expect(board.health.isReady)
    board.note { $0.feed = .unavailable("the stream is closed") }
    #expect(board.health == Health(store: .ok, feed: .unavailable("the stream is closed"), outbox: .ok))
  }

  @Test func `the answer names each part, and why it does not work`() {
    let health = Health(store: .ok, feed: .unavailable("the \"token\" is refused"), outbox: .ok)
    let reply = OperationsReply.health(health)
    #expect(reply.status == 503 && reply.contentType == "application/json")
    #expect(
      String(decoding: reply.body, as: UTF8.self) == """
        {"checks":{"feed":{"reason":"the \\"token\\" is refused","status":"unavailable"},"outbox":{"status":"ok"},\
        "store":{"status":"ok"}},"status":"unavailable"}

        """)
    #expect(OperationsReply.health(Health(store: .ok, feed: .ok, outbox: .ok)).status == 200)
  }

  @Test func `a heartbeat is fresh up to its bound, and again after a beat`() {
    let time = ManualTime()
    let heartbeat = Heartbeat(bound: .seconds(30), time: time)
    time.advance(by: .seconds(30))
    #expect(heartbeat.isFresh && heartbeat.age == .seconds(30))
    time.advance(by: .milliseconds(1))
    #expect(!heartbeat.isFresh)
    heartbeat.beat()
    #expect(heartbeat.isFresh && heartbeat.age == .zero)
  }
}
