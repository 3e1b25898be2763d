import Foundation
import Testing
import TriplineFormats
import TriplineStore
import TriplineTesting

/// What is asked of a service by its store.
@Suite struct ServiceCommandsTests {
  private static func objects(_ command: Command) throws -> [[String: Any]] {
    try command.lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
  }

  @Test func `alerts are listed with names of columns, ids and the zone of the configuration`() async throws {
    let service = try await KeptService()
    let alert = try service.alert()
    let table = try Command(["alerts", "list", "--config", service.file])
    #expect(table.status == 0 && table.lines.count == 2, "\(table.text)\(table.messages)")
    #expect(table.lines[0].hasPrefix("STATUS") && table.lines[0].contains("ALERT"))
    #expect(table.lines[1].hasPrefix("firing") && table.lines[1].contains(" +05:30 "))
    #expect(table.lines[1].contains(" \(alert.prefix(13)) "), "\(table.text)")
    let list = try Command(["alerts", "list", "--config", service.file, "-o", "ndjson"])
    let object = try #require(try Self.objects(list).first)
    #expect(object["status"] as? String == "firing" && object["difference"] == nil && object["id"] as? String == alert)
    let watch = try Command(["watch", "--once", "--config", service.file, "-o", "ndjson"])
    #expect(try Self.objects(watch).first?["status"] as? String == "firing", "\(watch.text)\(watch.messages)")
    let html = try Command(["watch", "--once", "--config", service.file, "-o", "html"])
    #expect(html.status == 64 && html.messages.contains("table"))
  }

  @Test func `an alert that waits for its group is explained with the time until which it does`() async throws {
    let service = try await KeptService()
    let explained = try Command(["explain", try service.alert(), "--config", service.file])
    #expect(explained.status == 0, "\(explained.messages)")
    let lines = explained.lines.filter { $0.contains("it waits for the message of its group, until ") }
    #expect(
      lines.count == 1 && lines[0].hasPrefix("    office: ") && lines[0].hasSuffix(" +05:30"), "\(explained.text)")
    #expect(explained.text.contains("  over       not yet"))
  }

  @Test func `an alert that a reload has ended is explained by that`() async throws {
    let service = try await KeptService()
    let alert = try service.alert()
    try await service.removeRule()
    let explained = try Command(["explain", alert, "--config", service.file])
    #expect(explained.text.contains(": a reload of the configuration has removed the rule"), "\(explained.text)")
  }

  @Test func `a vehicle is known by its name, unless several have it`() async throws {
    let service = try await KeptService()
    func explain(_ vehicle: String) throws -> Command {
      let time = ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(service.now) / 1000))
      return try Command(
        ["explain", "--config", service.file, "--rule", "In", "--at", time, "--vehicle", vehicle])
    }
    let lorry = try explain("Lorry")
    #expect(lorry.status == 0 && lorry.lines.first?.contains("vehicle Lorry (9)") == true, "\(lorry.messages)")
    #expect(lorry.text.contains("it was inside of yard already when it was first seen"), "\(lorry.text)")
    #expect(try explain("7").text.contains("it fired") && !explain("8").text.contains("already when"))
    let several = try explain("Van 42")
    #expect(several.status == 66 && several.messages.contains("one of 7, 8"), "\(several.messages)")
    #expect(try explain("Nobody").messages.contains("no fix of a vehicle Nobody"))
  }

  @Test func `sinks that there are not are refused, with those that there are`() async throws {
    let service = try await KeptService()
    let sinks = try service.sinks()
    for arguments in [["enable", "oncall"], ["list", "--sink", "oncall"], ["retry", "--dead", "--sink", "oncall"]] {
      let run = try Command(["deliveries"] + arguments + ["--config", service.file])
      #expect(run.status == 66 && run.text.isEmpty, "\(arguments)")
      #expect(sinks.allSatisfy { run.messages.contains($0) }, "\(run.messages)")
    }
    let idle = try Command(["deliveries", "enable", sinks[0], "--config", service.file])
    #expect(idle.status == 0 && idle.messages.contains("was not left alone"), "\(idle.messages)")
    var gone = AlertStore.SinkState()
    gone.isDisabled = true
    try service.store.keep(gone, ofSink: sinks[0])
    let back = try Command(["deliveries", "enable", sinks[0], "--config", service.file])
    #expect(back.messages.contains("\(sinks[0]) is tried again; 0 deliveries wait for it"), "\(back.messages)")
    let list = try Command(["deliveries", "list", "--config", service.file])
    #expect(list.status == 0 && list.lines.count == 1 && list.lines[0].hasPrefix("NUMBER"))
  }

  @Test func `a silence says what it matches, and what it never will`() async throws {
    let service = try await KeptService()
    func add(_ arguments: [String]) throws -> Command {
      try Command(["silence", "add", "--config", service.file] + arguments)
    }
    let one = try add(["fence=yard", "--for", "2h", "--comment", "road works"])
    #expect(one.status == 0 && one.messages == "it matches 1 alert that fires now\n", "\(one.messages)")
    let none = try add(["fense=yard", "alertname=Inn", "--until", "2100-01-01", "--comment", "synthetic"])
    #expect(none.messages.contains("it matches nothing that fires now"))
    #expect(none.messages.contains("has the label fense; there are alertname, fence, other, severity, vehicle"))
    #expect(
      none.messages.contains("alertname=\"Inn\" is no rule in force; there are In, Out, Stay"), "\(none.messages)")
    let refused = [
      ["--for", "2h", "--comment", " "], ["--comment", "x"],
      ["--for", "2h", "--until", "2100-01-01", "--comment", "x"],
      ["--until", "2020-01-01", "--comment", "x"], ["--until", "soon", "--comment", "x"],
    ]
    for arguments in refused { #expect(try add(["fence=yard"] + arguments).status == 64, "\(arguments)") }
    let objects = try Self.objects(try Command(["silence", "list", "--config", service.file, "-o", "ndjson"]))
    let ends = objects.map { $0["ends_at"] as? String }
    #expect(ends.count == 2 && ends.contains("2100-01-01T00:00:00.000Z"), "\(objects)")
    let table = try Command(["silence", "list", "--config", service.file])
    #expect(table.lines.first?.hasPrefix("SILENCE") == true && table.text.contains("2100-01-01 05:30:00 +05:30"))
  }

  @Test func `the state of a service is told, whether it runs or not`() async throws {
    let service = try await KeptService()
    let sink = try service.sinks()[1]
    var gone = AlertStore.SinkState()
    gone.isDisabled = true
    try service.store.keep(gone, ofSink: sink)
    let status = try Command(["status", service.file])
    #expect(status.status == 0, "\(status.messages)")
    for line in [
      "service     nobody answers at 127.0.0.1:1", "fires       1 alert: In 1", "deliveries  0 waiting, 0 given up",
      "            \(sink): it wants nothing any more; `tripline deliveries enable \(sink)` tries it again",
      "vehicles    3", "silences    none",
    ] { #expect(status.lines.contains(Substring(line)), "\(line) in \(status.text)") }
    #expect(
      status.lines.contains { $0.hasPrefix("last fix    ") && $0.contains(" +05:30 of ") && $0.hasSuffix(" ago") })
    let object = try #require(try Self.objects(try Command(["status", service.file, "-o", "ndjson"])).first)
    #expect(object["service"] as? String == "no answer" && object["firing"] as? [String: Int] == ["In": 1])
    let lag = try #require(object["lag_seconds"] as? Double)
    #expect(lag >= 0 && lag < 3600 && object["last_fix"] is String)
    #expect(try Command(["status", service.file, "--config", service.file]).status == 64)
  }

  @Test func `the log says by what a service starts, and that it has stopped`() throws {
    let folder = try TemporaryFolder()
    let sandbox = try SandboxProcess([fixture("van-delivery-round.csv"), "--rate-limit", "1000"])
    let rules = folder.path("rules.yaml")
    let text = """
      version: 1
      fence_files: ['\(fixture("depots.geojson"))']
      rules: [{alert: In, when: {enter: {}}}]
      store: {path: alerts.db}
      http: {listen: '127.0.0.1:0'}
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: rules))
    let log = folder.path("service.log")
    let service = try ServiceProcess(["--config", rules], environment: sandbox.environment, log: log)
    func logged() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }
    #expect(try wait(upTo: 60) { try logged().contains("health and metrics are served") })
    service.send(SIGTERM)
    #expect(service.wait() == 0)
    let lines = try logged().split(separator: "\n")
    let start = try #require(lines.first { $0.contains("\"the service starts\"") }, "\(lines)")
    #expect(start.contains(#""rules":"1""#) && start.contains(#""vehicles":"0""#) && start.contains("alerts.db"))
    #expect(start.contains(sandbox.environment["MYCARTRACKS_BASE_URL"] ?? "?"))
    #expect(lines.last?.contains("\"the service has stopped\"") == true, "\(lines)")
  }

  @Test func `what is pending is listed with when it would fire`() async throws {
    let service = try await KeptService()
    let pending = try Command(["alerts", "list", "--config", service.file, "--pending", "--rule", "Stay"])
    #expect(pending.status == 0 && pending.lines.first?.hasPrefix("SINCE") == true, "\(pending.messages)")
    #expect(pending.lines.count == 3 && pending.lines.dropFirst().allSatisfy { $0.contains("Stay") }, "\(pending.text)")
    let objects = try Self.objects(
      try Command([
        "alerts", "list", "--config", service.file, "--pending", "--rule", "Stay", "--vehicle", "9", "-o", "ndjson",
      ]))
    #expect(
      objects.count == 1 && objects[0]["fence"] as? String == "yard" && objects[0]["status"] as? String == "pending")
    #expect(objects[0]["due"] is String)
    #expect(try Command(["alerts", "list", "--config", service.file, "--pending", "--firing"]).status == 64)
    let why = try Command([
      "explain", "--config", service.file, "--vehicle", "9", "--rule", "Parked", "--at",
      Timestamp.text(service.now) ?? "",
    ])
    #expect(
      why.text.contains("it did not fire") && why.text.contains("all that came of that time were used"), "\(why.text)")
  }
}
