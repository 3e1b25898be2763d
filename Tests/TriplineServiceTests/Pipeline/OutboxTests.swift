import Testing
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// All alerts here are synthetic.
@Suite struct OutboxTests {
  private static let start: Int64 = 1_700_000_000_000

  private func fired(_ id: String, of vehicle: String) -> AlertChange {
    .fired(
      Alert(
        id: id, rule: "In", revision: "r", kind: "geofence.enter", vehicleID: vehicle, vehicleName: vehicle,
        startsAt: Self.start, decidedAt: Self.start, reason: "synthetic",
        labels: ["alertname": "In", "vehicle": vehicle, "fence": id], annotations: [:], muting: nil))
  }

  @Test(arguments: [true, false])
  func `what is about one vehicle, or one group, keeps its order on the way to any sink`(takesGroups: Bool) throws {
    for (grouping, subjects) in [
      ("", ["7", "7", "8"]),
      (", group_by: [alertname], group_wait: 0s", takesGroups ? [#"ops {alertname="In"}"#] : ["7", "7", "8"]),
    ] {
      let text = """
        version: 1
        rules: [{alert: In, when: {enter: {}}}]
        receivers: [{name: ops, stdout: true}]
        route: {receiver: ops\(grouping)}
        """
      let sink = Outbox.Sink(id: "ops/email/1", receiver: "ops", takesGroups: takesGroups)
      var outbox = Outbox(
        try AlertConfiguration(text, file: "rules.yaml"), sinks: [sink], source: "/tripline/test", event: 0, delivery: 0
      )
      var batch = AlertBatch(number: 1, recordedAt: Self.start)
      batch.outcome.changes = [fired("a", of: "7"), fired("b", of: "7"), fired("c", of: "8")]
      outbox.announce(&batch) { _ in false }
      #expect(batch.deliveries.map(\.about) == subjects, "\(grouping)")
    }
  }
}
