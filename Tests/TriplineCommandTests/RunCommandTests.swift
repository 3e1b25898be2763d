import Foundation
import GRDB
import Testing
import TriplineTesting

/// The service as a process, against a sandbox that replays tracks live.
@Suite struct RunCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Recorded garbage trucks where they are there, else a synthetic van.
  private static var tracks: String {
    (try? SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")) ?? fixture("van-delivery-round.csv")
  }

  private static var fences: String {
    (try? SharedData.path("fences/us_counties.geojson.gz")) ?? fixture("depots.geojson")
  }

  /// Writes a configuration whose alerts go to `alerts.ndjson` beside it; returns its path.
  private func configuration(_ name: String, _ more: String = "", receivers: String? = nil) throws -> String {
    let place = folder.path(name)
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    let text = """
      version: 1
      fence_files: ['\(Self.fences)']
      rules:
        - {alert: In, when: {enter: {}}, labels: {severity: info}}
        - {alert: Out, when: {exit: {}}, keep_firing_for: 10m}
        - {alert: Long, when: {dwell: {longer_than: 10m}}}
      receivers:
        - \(receivers ?? "{name: log, files: [{path: alerts.ndjson}]}")
      store: {path: alerts.db}
      http: {listen: '127.0.0.1:0'}
      late: {silence: 12h, max_age: 48h}
      \(more)
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: place + "/rules.yaml"))
    return place + "/rules.yaml"
  }

  /// The ids of the events that were delivered, in their order.
  private func delivered(_ name: String) -> [String] {
    let text = (try? String(contentsOfFile: folder.path(name + "/alerts.ndjson"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["id"] as? String
    }
  }

  @Test func `a service that is killed at any moment tells the same as one that is not, under the same ids`() throws {
    // `Scripts/kill-service` has more of them, a hundred at a time: so long the tracks go on.
    let all = ProcessInfo.processInfo.environment["TRIPLINE_KILLS"].flatMap { Int($0) } ?? 8
    for first in stride(from: 0, to: all, by: 100) {
      try kill(min(100, all - first), round: "\(first)", seed: UInt64(all + first))
    }
  }

  private func kill(_ kills: Int, round: String, seed: UInt64) throws {
    let (wholeName, brokenName) = ("whole" + round, "broken" + round)
    let seconds = Double(kills) * 1.5 + 5
    let minutes = Int(seconds * 600 / 60)
    let sandbox = try SandboxProcess([
      Self.tracks, "--replay", "\(minutes)m", "--speed", "600", "--rate-limit", "1000000",
    ])
    let whole = try configuration(wholeName)
    let end = Date() + seconds
    // Where a vehicle is first seen depends on when a service begins: both begin as one.
    let first = try ServiceProcess(
      ["--config", whole], environment: sandbox.environment, log: folder.path(wholeName + ".log"))
    #expect(wait(upTo: 60) { !delivered(wholeName).isEmpty })
    first.send(SIGTERM)
    #expect(first.wait() == 0)
    try FileManager.default.copyItem(atPath: folder.path(wholeName), toPath: folder.path(brokenName))
    let broken = folder.path(brokenName + "/rules.yaml")
    let undisturbed = try ServiceProcess(
      ["--config", whole], environment: sandbox.environment, log: folder.path(wholeName + ".log"))
    var random = SeededGenerator(seed: seed)
    var killed = 0
    while killed < kills {
      let service = try ServiceProcess(
        ["--config", broken], environment: sandbox.environment, log: folder.path(brokenName + ".log"))
      usleep(UInt32(Double.random(in: 0.05...2.5, using: &random) * 1e6))
      guard service.isRunning else { break }
      service.send(SIGKILL)
      _ = service.wait()
      killed += 1
    }
    #expect(
      killed == kills, "\((try? String(contentsOfFile: folder.path(brokenName + ".log"), encoding: .utf8)) ?? "")")
    let last = try ServiceProcess(
      ["--config", broken], environment: sandbox.environment, log: folder.path(brokenName + ".log"))
    _ = wait(upTo: max(0, end.timeIntervalSinceNow) + 5) { false }
    // Nothing more happens: what one has told the other has, or is about to.
    let isSame = wait(upTo: 120) {
      Set(delivered(wholeName)) == Set(delivered(brokenName)) && !delivered(wholeName).isEmpty
    }
    for service in [undisturbed, last] {
      service.send(SIGTERM)
      #expect(service.wait() == 0)
    }
    let (expected, actual) = (delivered(wholeName), delivered(brokenName))
    let (missing, more) = (Set(expected).subtracting(actual), Set(actual).subtracting(expected))
    #expect(isSame && missing.isEmpty && more.isEmpty, "missing \(missing), too many \(more) of \(expected.count)")
    #expect(Set(expected).count == expected.count)
    print(
      "killed a service \(killed) times: \(expected.count) events of an undisturbed one, \(actual.count) deliveries of \(Set(actual).count)"
    )
  }

  @Test func `credentials that are refused end a service with status 77, a port that is taken with 69`() throws {
    let sandbox = try SandboxProcess([fixture("van-delivery-round.csv"), "--rate-limit", "1000"])
    let rules = try configuration("refused")
    var environment = sandbox.environment
    environment["MYCARTRACKS_CLIENT_SECRET"] = "wrong"
    let log = folder.path("refused.log")
    #expect(try ServiceProcess(["--config", rules], environment: environment, log: log).wait() == 77)
    let messages = try String(contentsOfFile: log, encoding: .utf8)
    #expect(messages.contains("error: ") && !messages.contains("wrong"), "\(messages)")
    #expect(messages.split(separator: "\n").count { $0.contains("error") } == 1, "\(messages)")
    let address = try #require(URL(string: sandbox.environment["MYCARTRACKS_BASE_URL"] ?? ""))
    let port = try #require(address.port)
    let text = try String(contentsOfFile: rules, encoding: .utf8)
    try text.replacing("127.0.0.1:0", with: "127.0.0.1:\(port)").write(toFile: rules, atomically: true, encoding: .utf8)
    let busy = folder.path("busy.log")
    #expect(try ServiceProcess(["--config", rules], environment: sandbox.environment, log: busy).wait() == 69)
    #expect(try String(contentsOfFile: busy, encoding: .utf8).contains("127.0.0.1:\(port) cannot be listened on"))
  }

  @Test func `given-up deliveries are listed however many have arrived since`() throws {
    let sandbox = try SandboxProcess([
      Self.tracks, "--replay", "2h", "--speed", "900", "--rate-limit", "1000000",
    ])
    let rules = try configuration("lists")
    let service = try ServiceProcess(
      ["--config", rules], environment: sandbox.environment, log: folder.path("lists.log"))
    #expect(wait(upTo: 60) { delivered("lists").count > 3 })
    service.send(SIGTERM)
    #expect(service.wait() == 0)
    let store = folder.path("lists/alerts.db")
    try DatabaseQueue(path: store).write { try $0.execute(sql: "UPDATE delivery SET state = 'dead' WHERE number = 1") }
    let dead = try Command(["deliveries", "list", "--store", store, "--limit", "1", "-o", "ndjson"])
    #expect(dead.status == 0 && dead.lines.count == 1 && dead.text.contains("\"dead\""), "\(dead.text)")
    #expect(try Command(["deliveries", "list", "--store", store, "--limit", "0"]).status == 64)
    let alerts = try Command(["alerts", "list", "--store", store, "--limit", "2", "-o", "ndjson"])
    #expect(alerts.lines.count == 2 && alerts.messages.contains("--limit has more"))
  }
}
