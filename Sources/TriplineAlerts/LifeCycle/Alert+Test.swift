extension Alert {
  /// An alert that says of itself that it is a test, to try receivers with.
  ///
  /// - Parameters:
  ///   - run: what tells one test from another; the id follows from it.
  ///   - now: the time, in milliseconds UTC.
  package static func test(_ run: String, at now: Int64) -> Alert {
    let text = "this is a test: nothing has happened, and nothing has to be done"
    return Alert(
      id: AlertID.text(["test", run]), rule: "TriplineTest", revision: "test", kind: "test", vehicleID: "test",
      vehicleName: "Test", startsAt: now, decidedAt: now, reason: text,
      labels: ["alertname": "TriplineTest", "vehicle": "test", "severity": "info"], annotations: ["summary": text])
  }
}
