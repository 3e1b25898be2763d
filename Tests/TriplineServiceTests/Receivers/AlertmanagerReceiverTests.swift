import Foundation
import Testing
import TriplineJSON

@testable import TriplineAlerts
@testable import TriplineService

@Suite struct AlertmanagerReceiverTests {
  private struct Posted: Decodable {
    var labels: [String: String]
    var annotations: [String: String]
    var startsAt: String
    var endsAt: String
  }

  private func posted(_ request: HookServer.Recorded) throws -> [Posted] {
    #expect(request.line == "POST /prefix/api/v2/alerts" && request.headers["content-type"] == "application/json")
    return try JSONDecoder().decode([Posted].self, from: Data(request.body))
  }

  @Test func `what fires has an end ahead, what is over its own, and all go together`() async throws {
    let events = [ReceiverSamples.event(), ReceiverSamples.event(ReceiverSamples.alert("b"), isFiring: false)]
    let recorded = try await HookServer.run([HookServer.Answer(status: 200)]) { server in
      let receiver = AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)/prefix/", time: SetTime())
      #expect(await receiver.attempt(ReceiverSamples.parcel(events)).isSuccess)
      return server.recorded
    }
    let alerts = try posted(try #require(recorded.first))
    #expect(alerts.map(\.endsAt) == ["2026-11-23T10:40:14.000Z", "2026-11-23T10:35:14.000Z"])
    #expect(alerts.allSatisfy { $0.startsAt == "2026-11-23T10:00:00.000Z" && $0.labels["vehicle"] == "4711" })
    #expect(alerts[0].labels["alertname"] == "LongDwell" && alerts[0].annotations["tripline_id"] == "alrt_synthetic")
    #expect(alerts[0].annotations["reason"] == "in Depot North for 35 min")
  }

  @Test func `what still fires is sent again, and nothing where nothing does`() async throws {
    let later = ReceiverSamples.now + 60_000
    let recorded = try await HookServer.run([HookServer.Answer(status: 200)]) { server in
      let receiver = AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)/prefix", time: SetTime())
      #expect(await receiver.refresh([], at: later).isSuccess && server.recorded.isEmpty)
      #expect(await receiver.refresh([ReceiverSamples.alert()], at: later).isSuccess)
      return server.recorded
    }
    #expect(try posted(try #require(recorded.first)).map(\.endsAt) == ["2026-11-23T10:41:14.000Z"])
  }

  @Test func `an answer that is no success is told`() async throws {
    let attempt = try await HookServer.run([HookServer.Answer(status: 400)]) { server in
      await AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)").attempt(ReceiverSamples.parcel())
    }
    #expect(attempt == Attempt(outcome: .answered(status: 400, retryAfter: nil), note: "HTTP 400"))
  }

  @Test(arguments: [
    ("severity", "severity"), ("team-name", "team_name"), ("2nd", "_2nd"), ("", "_"), ("a.b c", "a_b_c"), ("š", "_"),
    ("_x9", "_x9"),
  ])
  func `names of labels become valid`(name: String, label: String) {
    #expect(AlertmanagerReceiver.label(name) == label)
  }

  @Test func `a name that is valid already has precedence`() throws {
    let alert = ReceiverSamples.alert(labels: ["team-name": "a", "team_name": "b", "team.name": "c"])
    let node = AlertmanagerReceiver.node(alert, isFiring: true, at: ReceiverSamples.now)
    #expect(try JSONDecoder().decode(Posted.self, from: Data(node.bytes)).labels["team_name"] == "b")
  }

  @Test func `no end is before the beginning`() throws {
    var alert = ReceiverSamples.alert()
    alert.startsAt = ReceiverSamples.now + 3_600_000
    let node = AlertmanagerReceiver.node(alert, isFiring: true, at: ReceiverSamples.now)
    let posted = try JSONDecoder().decode(Posted.self, from: Data(node.bytes))
    #expect(posted.startsAt == "2026-11-23T11:35:14.000Z" && posted.endsAt == posted.startsAt)
  }
}
