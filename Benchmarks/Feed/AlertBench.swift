import Foundation
import MyCarTracks
import TriplineAlerts
import TriplineCore
import TriplineService
import TriplineStore

/// Measures the service without its network: a synthetic fleet through the pipeline, everything on and on the disk.
///
/// 100,000 vehicles drive at 60 km/h on lines through 10,000 circles of 200 m, each with a fix every half second: 200,000 a second. 50
/// rules, three of them about all fences, most about one each.
struct AlertBench {
  static let vehicles = 100_000
  static let fences = 10_000
  static let rules = 50

  /// A configuration of that size, in a folder.
  static func configuration(in folder: URL) throws -> LoadedConfiguration {
    var features: [String] = []
    for index in 0..<fences {
      let (row, column) = (index / 100, index % 100)
      features.append(
        #"{"type":"Feature","id":"f\#(index)","properties":{"radius":200,"tags":"t\#(index % 20)"},"geometry":{"type":"Point","coordinates":[\#(10 + Double(column) * 0.05),\#(48 + Double(row) * 0.03)]}}"#
      )
    }
    try Data(#"{"type":"FeatureCollection","features":[\#(features.joined(separator: ","))]}"#.utf8)
      .write(to: folder.appending(path: "fences.geojson"))
    var text = "version: 1\nfence_files: [fences.geojson]\nrules:\n"
    text += "  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}\n"
    text += "  - {alert: Long, when: {dwell: {longer_than: 10m}}}\n  - {alert: Fast, when: {overspeed: {}}}\n"
    text += "  - {alert: Hard, when: {harsh: {}}}\n  - {alert: Poor, when: {trip: {score_below: 50}}}\n"
    for index in 6..<rules {
      text +=
        "  - {alert: R\(index), when: {\(index.isMultiple(of: 2) ? "enter" : "exit"): {fence: {id: f\(index * 97)}}}}\n"
    }
    text += "receivers: [{name: log, files: [{path: \(folder.path)/alerts.ndjson}]}]\n"
    let file = folder.appending(path: "rules.yaml")
    try Data(text.utf8).write(to: file)
    return try LoadedConfiguration(path: file.path)
  }

  /// The update of a vehicle in a round.
  static func fix(_ vehicle: Int, _ round: Int) -> Fix {
    let start = Double((vehicle &* 7919) % 100_000) / 100_000
    let along = Double(round) * 0.5 * 16.7
    let forth = vehicle.isMultiple(of: 2) ? 1.0 : -1.0
    return Fix(
      vehicle: 0, time: 1_780_000_000_000 + Int64(round) * 500 + Int64(vehicle % 400),
      latitude: 48 + Double(vehicle % 100) * 0.03 + 0.0001 * Double(vehicle % 13),
      longitude: 10 + start * 5 + forth * along / 74_000, speed: 16.7, course: forth > 0 ? 90 : 270, altitude: 300,
      accuracy: 5, received: 1_780_000_000_000 + Int64(round) * 500 + 700)
  }

  /// Seconds of CPU time of this process.
  private static func cpu() -> Double { Double(clock()) / 1e6 }

  private static func residentMegabytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
  }

  /// Runs for some seconds and prints what it came to.
  static func run(seconds: Double) async throws {
    let folder = URL(fileURLWithPath: ".build/alert-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = try configuration(in: folder)
    let ids = (0..<vehicles).map { "vehicle-\($0)" }
    print("synthetic fleet: \(vehicles) vehicles, \(fences) fences, \(rules) rules, everything on the disk")
    for size in [2000, 20_000] {
      try await batches(of: size, seconds: seconds, ids, configuration, folder)
    }
    try await messages(seconds: seconds, ids, configuration, folder)
  }

  private static func pipeline(
    _ store: AlertStore, _ configuration: LoadedConfiguration
  ) async throws -> AlertPipeline {
    let now = fix(0, 0).time
    let pipeline = try AlertPipeline(
      store: store, configuration: configuration,
      sinks: [Outbox.Sink(id: "log/file/1", receiver: "log", takesGroups: false)], source: "/tripline/bench",
      metrics: ServiceMetrics(version: "bench", startedAt: now), at: now)
    _ = try await pipeline.start(at: now)
    return pipeline
  }

  /// As the service does.
  private static func keepCheckpoints(_ store: AlertStore) -> Task<Void, Never> {
    Task { while (try? await Task.sleep(for: .seconds(1))) != nil { try? store.tidyLog() } }
  }

  private static func batches(
    of size: Int, seconds: Double, _ ids: [String], _ configuration: LoadedConfiguration, _ folder: URL
  ) async throws {
    let store = try AlertStore(path: folder.appending(path: "batches-\(size).db").path)
    let pipeline = try await pipeline(store, configuration)
    let checkpoints = keepCheckpoints(store)
    defer { checkpoints.cancel() }
    var (round, next, fixes, used, alerts) = (0, 0, 0, 0.0, 0)
    var latencies: [Double] = []
    var memory: [Int] = []
    // The first round makes the vehicles known and is no measure of what goes on.
    var (start, hasBegun) = (ContinuousClock.now, false)
    var (busy, worked) = (0.0, 0.0)
    while !hasBegun || worked < seconds {
      var batch: [ReceivedFix] = []
      batch.reserveCapacity(size)
      for _ in 0..<size {
        batch.append(ReceivedFix(vehicleID: ids[next], fix: fix(next, round)))
        next += 1
        if next == vehicles { (next, round) = (0, round + 1) }
      }
      if !hasBegun && round > 0 {
        hasBegun = true
        start = .now
        (fixes, used, busy, alerts) = (0, 0, 0, 0)
        latencies = []
      }
      let (before, begun) = (cpu(), ContinuousClock.now)
      alerts += try await pipeline.take(batch, at: batch[0].fix.time).count
      let elapsed = (ContinuousClock.now - begun) / .seconds(1)
      used += cpu() - before
      busy += elapsed
      latencies.append(elapsed * 1000)
      fixes += size
      worked = (ContinuousClock.now - start) / .seconds(1)
      if memory.count < Int(worked / seconds * 10) { memory.append(residentMegabytes()) }
    }
    latencies.sort()
    print(
      String(
        format:
          "batches of %d: %.0f fixes/s, %.2f us of CPU a fix, p50 %.1f ms, p99 %.1f ms, longest %.1f ms from receipt to disk, %d deliveries, %@ MiB after each tenth",
        size, Double(fixes) / busy, used / Double(fixes) * 1e6, latencies[latencies.count / 2],
        latencies[latencies.count * 99 / 100], latencies.last ?? 0, alerts,
        memory.map { "\($0)" }.joined(separator: " ")))
  }

  /// One fix a message, as they come from a socket: what arrives while a transaction is written makes the next one.
  private static func messages(
    seconds: Double, _ ids: [String], _ configuration: LoadedConfiguration, _ folder: URL
  ) async throws {
    let store = try AlertStore(path: folder.appending(path: "messages.db").path)
    let pipeline = try await pipeline(store, configuration)
    let checkpoints = keepCheckpoints(store)
    defer { checkpoints.cancel() }
    for start in stride(from: 0, to: vehicles, by: 20_000) {
      _ = try await pipeline.take(
        (start..<start + 20_000).map { ReceivedFix(vehicleID: ids[$0], fix: fix($0, 0)) }, at: fix(0, 0).time)
    }
    let count = Int(seconds * 20_000)
    let texts = (0..<count).map { index -> [UInt8] in
      let fix = fix(index % vehicles, 1 + index / vehicles)
      return Array(
        #"{"type":"position","timestamp":\#(fix.time),"vehicleId":"\#(ids[index % vehicles])","position":{"latitude":\#(fix.latitude),"longitude":\#(fix.longitude),"speed":60,"bearing":90,"altitude":300,"accuracy":5,"time":\#(fix.time)}}"#
          .utf8)
    }
    let intake = Intake()
    let before = cpu()
    let begun = ContinuousClock.now
    async let taken: (fixes: Int, batches: Int) = {
      var (fixes, batches) = (0, 0)
      while let waiting = await intake.take() {
        let start = ContinuousClock.now
        _ = try await pipeline.take(waiting, at: waiting[0].fix.time)
        fixes += waiting.count
        batches += 1
        // The pace of the service.
        let rest = Duration.milliseconds(2) - (ContinuousClock.now - start)
        if rest > .zero { try await Task.sleep(for: rest) }
      }
      return (fixes, batches)
    }()
    var decoder = LiveDecoder()
    for text in texts {
      for case .position(let position) in decoder.events(in: text) {
        guard let fix = Fix(position.point, UnitFindings(), received: position.point.time) else { continue }
        await intake.put([ReceivedFix(vehicleID: position.vehicleID.text, fix: fix)])
      }
    }
    intake.close()
    let (fixes, batches) = try await taken
    let elapsed = (ContinuousClock.now - begun) / .seconds(1)
    print(
      String(
        format:
          "one fix a message: %.2f us of CPU a fix with decoding, %.0f fixes/s, %d transactions of %.0f on average",
        (cpu() - before) / Double(fixes) * 1e6, Double(fixes) / elapsed, batches, Double(fixes) / Double(batches)))
  }
}
