import Testing
import TriplineCore

@testable import TriplineService

@Suite struct ServiceMetricsTests {
  private let metrics = ServiceMetrics(version: "1.0", startedAt: 1_780_000_000_250)

  private func read() throws -> Exposition { try Exposition(metrics.text) }

  @Test func `what can be known beforehand stands at 0, and all metrics have their types`() throws {
    let seen = try read()
    for result in ["accepted", "rejected", "late"] {
      #expect(seen.value("tripline_fixes_total", ["result": result]) == 0)
    }
    for reason in ["schedule", "route", "silence", "inhibition"] {
      #expect(seen.value("tripline_suppressed_total", ["reason": reason]) == 0)
    }
    #expect(seen.value("tripline_stream_connected") == 0 && seen.value("tripline_stream_reconnects_total") == 0)
    #expect(seen.value("tripline_build_info", ["version": "1.0"]) == 1)
    #expect(seen.value("process_start_time_seconds") == 1_780_000_000.25)
    #expect(
      seen.names == [
        "tripline_fixes_total", "tripline_fix_lag_seconds", "tripline_decision_seconds", "tripline_alerts_total",
        "tripline_suppressed_total", "tripline_deliveries_total", "tripline_outbox_oldest_seconds",
        "tripline_outbox_waiting", "tripline_dead_letters", "tripline_stream_connected",
        "tripline_stream_reconnects_total", "tripline_stream_renewals_total", "tripline_feed_vehicles_given_up_total",
        "tripline_vehicles", "tripline_unknown_vehicles", "tripline_reloads_total", "tripline_build_info",
        "process_start_time_seconds",
      ])
    for name in seen.names {
      #expect((seen.types[name] == "counter") == name.hasSuffix("_total"), "\(name)")
      #expect(seen.helps[name]?.isEmpty == false, "\(name)")
    }
  }

  @Test func `counters add up, and gauges are what was said last`() throws {
    metrics.fixes(accepted: 10, rejected: 2, late: 1)
    metrics.fixes(accepted: 5, rejected: 0, late: 0)
    metrics.alertFired(rule: "LongDwell", severity: "warning")
    metrics.alertFired(rule: "LongDwell", severity: "warning")
    metrics.alertFired(rule: "AtDepot", severity: "")
    metrics.suppressed(.silence)
    metrics.delivery(sink: "dispatch/webhook/1", .delivered)
    metrics.stream(isConnected: true)
    metrics.streamReconnected()
    metrics.streamRenewed()
    metrics.streamRenewed()
    metrics.vehiclesGivenUp(40)
    metrics.vehiclesGivenUp(3)
    metrics.unknownVehicles(2)
    metrics.unknownVehicles(1)
    metrics.vehicles(7)
    metrics.vehicles(6)
    metrics.reload(succeeded: false)
    let seen = try read()
    #expect(seen.value("tripline_fixes_total", ["result": "accepted"]) == 15)
    #expect(seen.value("tripline_fixes_total", ["result": "rejected"]) == 2)
    #expect(seen.value("tripline_fixes_total", ["result": "late"]) == 1)
    #expect(seen.value("tripline_alerts_total", ["rule": "LongDwell", "severity": "warning"]) == 2)
    #expect(seen.value("tripline_alerts_total", ["rule": "AtDepot", "severity": ""]) == 1)
    #expect(seen.value("tripline_suppressed_total", ["reason": "silence"]) == 1)
    #expect(
      seen.value("tripline_deliveries_total", ["sink": "dispatch/webhook/1", "outcome": "delivered"]) == 1)
    #expect(seen.value("tripline_stream_connected") == 1 && seen.value("tripline_stream_reconnects_total") == 1)
    #expect(seen.value("tripline_stream_renewals_total") == 2)
    #expect(seen.value("tripline_feed_vehicles_given_up_total") == 43)
    #expect(seen.value("tripline_unknown_vehicles") == 1)
    #expect(seen.value("tripline_vehicles") == 6)
    #expect(seen.value("tripline_reloads_total", ["result": "failed"]) == 1)
    #expect(seen.value("tripline_reloads_total", ["result": "succeeded"]) == 0)
  }

  @Test func `a histogram counts up to each bound, a value at a bound included, and adds up all values`() throws {
    metrics.fixLags([0.5, 1, 1.5, 4, 100_000, -3, .nan])
    metrics.decision(seconds: 0.25)
    let seen = try read()
    func bucket(_ bound: String) -> Double? { seen.value("tripline_fix_lag_seconds_bucket", ["le": bound]) }
    #expect(bucket("1") == 3 && bucket("2") == 4 && bucket("5") == 5 && bucket("86400") == 5 && bucket("+Inf") == 6)
    #expect(seen.value("tripline_fix_lag_seconds_count") == 6)
    #expect(seen.value("tripline_fix_lag_seconds_sum") == 100_007)
    #expect(seen.value("tripline_decision_seconds_bucket", ["le": "0.1"]) == 0)
    #expect(seen.value("tripline_decision_seconds_bucket", ["le": "0.25"]) == 1)
    #expect(seen.value("tripline_decision_seconds_sum") == 0.25)
  }

  @Test func `a decision takes as long as the first of its fixes has been there, which waited for the others`() throws {
    let now: Int64 = 1_780_000_000_000
    func fix(received: Int64?) -> Fix { Fix(vehicle: 0, time: now, latitude: 0, longitude: 0, received: received) }
    metrics.decided(on: [fix(received: now - 20), fix(received: now - 3000), fix(received: nil)], at: now)
    // A clock that was put back in between counts as 0.
    metrics.decided(on: [fix(received: now + 5000)], at: now)
    metrics.decided(on: [fix(received: nil)], at: now)
    let seen = try read()
    #expect(seen.value("tripline_decision_seconds_count") == 2)
    #expect(seen.value("tripline_decision_seconds_sum") == 3)
  }

  @Test func `sinks that are gone are shown no more, but what was delivered to them stays counted`() throws {
    metrics.backlogs([
      SinkBacklog(sink: "a", waiting: 3, oldest: 1500, deadLetters: 2), SinkBacklog(sink: "b"),
    ])
    metrics.delivery(sink: "a", .dead)
    #expect(try read().value("tripline_outbox_oldest_seconds", ["sink": "a"]) == 1.5)
    metrics.backlogs([SinkBacklog(sink: "b", waiting: 1)])
    let seen = try read()
    #expect(seen.value("tripline_outbox_waiting", ["sink": "a"]) == nil)
    #expect(seen.value("tripline_dead_letters", ["sink": "a"]) == nil)
    #expect(seen.value("tripline_outbox_waiting", ["sink": "b"]) == 1)
    #expect(seen.value("tripline_deliveries_total", ["sink": "a", "outcome": "dead"]) == 1)
    #expect(seen.value("tripline_deliveries_total", ["sink": "b", "outcome": "dead"]) == 0)
  }

  @Test(arguments: ["plain", "a \"b\"", "back\\slash", "two\nlines", "\\n", "ends in \\", "ž{}=,"])
  func `values of labels are read back as they were`(rule: String) throws {
    metrics.alertFired(rule: rule, severity: "x")
    #expect(try read().value("tripline_alerts_total", ["rule": rule, "severity": "x"]) == 1)
  }

  @Test func `the order does not depend on what came first`() {
    let other = ServiceMetrics(version: "1.0", startedAt: 1_780_000_000_250)
    for rule in ["A", "B", "C"] { metrics.alertFired(rule: rule, severity: "") }
    for rule in ["C", "A", "B"] { other.alertFired(rule: rule, severity: "") }
    #expect(metrics.text == other.text)
  }

  @Test func `batches of many threads are all counted`() async throws {
    let metrics = metrics
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<500 {
            metrics.fixes(accepted: 3, rejected: 1, late: 0)
            metrics.fixLags([1])
          }
        }
      }
    }
    let seen = try read()
    #expect(seen.value("tripline_fixes_total", ["result": "accepted"]) == 12_000)
    #expect(seen.value("tripline_fix_lag_seconds_count") == 4000)
  }
}

@Suite struct MetricTextTests {
  @Test(
    arguments: [
      (0, "0"), (12, "12"), (-3, "-3"), (0.25, "0.25"), (1e15, "1000000000000000"), (.infinity, "+Inf"),
      (-.infinity, "-Inf"), (.nan, "NaN"),
    ] as [(Double, String)])
  func `numbers are written as Prometheus reads them`(value: Double, text: String) {
    #expect(MetricText.number(value) == text)
  }

  @Test func `help is one line, and keeps its quotation marks`() {
    var text = MetricText()
    text.begin("x", type: "gauge", help: "a \"b\"\nc\\")
    #expect(text.text == "# HELP x a \"b\"\\nc\\\\\n# TYPE x gauge\n")
  }
}
