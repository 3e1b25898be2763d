import Testing

@testable import TriplineAlerts

@Suite struct NotificationWaitingTests {
  @Test func `an alert that waits for the message of its group says until when, also after a restart`() {
    var declaration = Route.Declaration(receiver: "ops")
    declaration.groupBy = ["fence"]
    declaration.groupWait = 60_000
    let route = Route(declaration)
    let alert = Alert(
      id: "a", rule: "In", revision: "r", kind: "geofence.enter", vehicleID: "1", vehicleName: "Synthetic van",
      startsAt: 0, decidedAt: 0, reason: "synthetic", labels: ["fence": "yard"], annotations: [:])
    var machine = NotificationMachine(route: route)
    _ = machine.take(.fired(alert), number: 1, at: 1000)
    #expect(machine.messageDue(ofAlert: "a", to: "ops") == 61_000)
    #expect(machine.messageDue(ofAlert: "a", to: "office") == nil)
    #expect(machine.messageDue(ofAlert: "b", to: "ops") == nil)
    var other = NotificationMachine(route: route)
    _ = other.restore([NotificationMachine.Standing(alert, number: 1, takenAt: 1000)], at: 30_000)
    #expect(other.messageDue(ofAlert: "a", to: "ops") == 61_000)
    _ = machine.advance(to: 61_000)
    #expect(machine.messageDue(ofAlert: "a", to: "ops") == nil)
  }
}
