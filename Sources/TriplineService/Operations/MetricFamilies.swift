/// All metrics of the service, without a lock.
struct MetricFamilies: Sendable {
  /// Fixes that came.
  var fixes = MetricFamily(
    .counter, "tripline_fixes_total", labels: ["result"], "Fixes received, by what became of them.")
  /// How old fixes were.
  var fixLag = MetricHistogram(
    "tripline_fix_lag_seconds", bounds: [1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 21_600, 86_400],
    "Time from when a fix was taken on the vehicle until it was decided upon.")
  /// How long decisions took.
  var decision = MetricHistogram(
    "tripline_decision_seconds",
    bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    "Time from when the first fix of a batch was received until what the batch decided was stored.")
  /// Alerts that fired.
  var alerts = MetricFamily(
    .counter, "tripline_alerts_total", labels: ["rule", "severity"], "Alerts that fired, by rule and severity.")
  /// Notifications that were kept back.
  var suppressed = MetricFamily(
    .counter, "tripline_suppressed_total", labels: ["reason"], "Notifications kept back, by the kind of reason.")
  /// What came of deliveries.
  var deliveries = MetricFamily(
    .counter, "tripline_deliveries_total", labels: ["sink", "outcome"],
    "What came of deliveries, by sink.")
  /// How long the oldest delivery has waited.
  var outboxOldest = MetricFamily(
    .gauge, "tripline_outbox_oldest_seconds", labels: ["sink"],
    "Age of the oldest delivery that waits, 0 where none does.")
  /// How many deliveries wait.
  var outboxWaiting = MetricFamily(
    .gauge, "tripline_outbox_waiting", labels: ["sink"], "Deliveries that wait or are under way.")
  /// How many deliveries were given up.
  var deadLetters = MetricFamily(
    .gauge, "tripline_dead_letters", labels: ["sink"], "Deliveries that were given up and not tried again since.")
  /// Whether the live stream is connected.
  var streamConnected = MetricFamily(
    .gauge, "tripline_stream_connected", "Whether the live stream is connected: 1 or 0.")
  /// How often the live stream was connected anew.
  var streamReconnects = MetricFamily(
    .counter, "tripline_stream_reconnects_total", "How often the live stream was connected anew after it was lost.")
  /// How often the live stream was renewed.
  var streamRenewals = MetricFamily(
    .counter, "tripline_stream_renewals_total",
    "How often the live stream was replaced by another one before it ended, as planned.")
  /// Vehicles whose positions did not wait for earlier ones any longer.
  var vehiclesGivenUp = MetricFamily(
    .counter, "tripline_feed_vehicles_given_up_total",
    "Vehicles whose positions waited too long for earlier ones, which come late; each time counts.")
  /// Vehicles that are known.
  var vehicles = MetricFamily(.gauge, "tripline_vehicles", "Vehicles whose fixes are followed.")
  /// Vehicles that are named and not there.
  var unknownVehicles = MetricFamily(
    .gauge, "tripline_unknown_vehicles", "Vehicles that the configuration names and the account does not have.")
  /// Attempts to read the configuration anew.
  var reloads = MetricFamily(
    .counter, "tripline_reloads_total", labels: ["result"], "Attempts to load the configuration anew, by result.")
  /// Which program this is.
  var buildInfo = MetricFamily(
    .gauge, "tripline_build_info", labels: ["version"], "The version of the program; the value is always 1.")
  /// When the process was started.
  var processStart = MetricFamily(
    .gauge, "process_start_time_seconds", "When the process was started, in seconds since 1970.")

  /// All of them as text, in an order that stays the same.
  var text: String {
    var text = MetricText()
    fixes.write(to: &text)
    fixLag.write(to: &text)
    decision.write(to: &text)
    for family in [
      alerts, suppressed, deliveries, outboxOldest, outboxWaiting, deadLetters, streamConnected, streamReconnects,
      streamRenewals, vehiclesGivenUp, vehicles, unknownVehicles, reloads, buildInfo, processStart,
    ] { family.write(to: &text) }
    return text.text
  }
}
