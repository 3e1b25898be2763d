import Testing

@testable import TriplineAlerts

@Suite struct ServiceSettingsTests {
  private func read(_ text: String) throws -> ServiceSettings {
    var root = try YAMLSection.document(text, file: "rules.yaml")
    let settings = try ServiceSettings.read(&root)
    try root.finish("the file")
    return settings
  }

  @Test func `what is left out has its default`() throws {
    var root = try YAMLSection.document("version: 1", file: "rules.yaml")
    let settings = try ServiceSettings.read(&root)
    #expect(settings == ServiceSettings())
    #expect(settings.storePath == "tripline-alerts.db" && settings.httpHost == "127.0.0.1" && settings.httpPort == 8080)
    #expect(settings.alertRetention == 34_560_000_000 && settings.traceRetention == 2_592_000_000)
    #expect(settings.silence == 60_000 && settings.largestAge == 21_600_000 && settings.reorderWindow == 0)
    #expect(settings.vehicleIDs == nil && settings.groupIDs == nil && !settings.allowsRemoteReload)
  }

  @Test func `all that there is is read`() throws {
    let settings = try read(
      """
      store: {path: /var/lib/tripline/tripline.db, retain_alerts: 800d, retain_traces: 1w}
      http: {listen: 0.0.0.0:9090, allow_reload: true}
      mycartracks: {vehicles: ['4711', 4712], groups: north}
      late: {silence: 2m, max_age: 1h30m, reorder_window: 45s}
      """)
    #expect(settings.storePath == "/var/lib/tripline/tripline.db")
    #expect(settings.alertRetention == 69_120_000_000 && settings.traceRetention == 604_800_000)
    #expect(settings.httpHost == "0.0.0.0" && settings.httpPort == 9090 && settings.allowsRemoteReload)
    #expect(settings.vehicleIDs == ["4711", "4712"] && settings.groupIDs == ["north"])
    #expect(settings.silence == 120_000 && settings.largestAge == 5_400_000 && settings.reorderWindow == 45_000)
  }

  @Test(
    arguments: [
      ("127.0.0.1:0", "127.0.0.1", 0), ("'[::1]:8080'", "::1", 8080), ("localhost:65535", "localhost", 65_535),
      ("tripline.example.com:80", "tripline.example.com", 80),
    ])
  func `an address is a host and a port`(text: String, host: String, port: Int) throws {
    let settings = try read("http: {listen: \(text)}")
    #expect(settings.httpHost == host && settings.httpPort == port)
  }

  @Test(
    arguments: [
      "8080", "':8080'", "localhost", "'localhost:'", "localhost:65536", "localhost:+80", "'::1:80'", "'[]:80'",
      "'http://a:80'",
    ])
  func `what is no address is refused`(text: String) {
    let error = #expect(throws: ConfigurationError.self) { try read("http: {listen: \(text)}") }
    #expect(error?.message.hasPrefix("listen has to be an address and a port") == true && error?.line == 1)
  }

  /// What is in the file, and what is said of it, with line and column.
  static let mistakes: [(String, String)] = [
    ("store: {path: ''}", "1:15: path has to name the file of the store"),
    ("store: {retain_alerts: 400}", "1:24: retain_alerts has to be from 1d to 36500d, with its unit, and not 400"),
    ("store: {retain_traces: 1h}", "1:24: retain_traces has to be from 1d to 36500d"),
    ("store: {pathh: x}", "1:9: store has no pathh; there are path, retain_alerts, retain_traces"),
    ("store: tripline.db", "1:8: store has to be a mapping"),
    ("http: {allow_reload: yes}", "1:22: allow_reload has to be true or false, and not yes"),
    ("http: {port: 80}", "1:8: http has no port; there are allow_reload, listen"),
    ("mycartracks: {vehicles: []}", "1:25: vehicles is empty"),
    ("mycartracks: {vehicle: a}", "1:15: mycartracks has no vehicle; there are groups, vehicles"),
    ("late: {silence: 0s}", "1:17: silence has to be above 0s"),
    ("late: {max_age: 6}", "1:17: max_age has to be a length of time with its unit"),
    ("late:\n  max_age: 1m\n  reorder_window: 2m", "3:19: reorder_window has to be at most as long as max_age"),
    ("late: {age: 1m}", "1:8: late has no age; there are max_age, reorder_window, silence"),
  ]

  @Test(arguments: mistakes)
  func `a mistake is said with its place`(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(text) }
    #expect(error?.description.hasPrefix("rules.yaml:" + message) == true, "\(error?.description ?? "no error")")
  }

  @Test(arguments: ["client_id", "client_secret", "client_secret_file"])
  func `credentials are refused, and what they are is not said`(key: String) {
    let error = #expect(throws: ConfigurationError.self) { try read("mycartracks: {\(key): made-up}") }
    let text = error?.description ?? ""
    #expect(text.contains("MYCARTRACKS_" + key.uppercased()) && text.contains("_FILE") && !text.contains("made-up"))
  }

  @Test func `a secret under another name is not said either`() {
    let error = #expect(throws: ConfigurationError.self) { try read("mycartracks: {secret: made-up}") }
    #expect(error.map { !$0.description.contains("made-up") } == true)
  }
}
