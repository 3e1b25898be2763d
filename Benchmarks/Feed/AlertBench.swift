import Foundation
import MyCarTracks
import TriplineAlerts
import TriplineCore
import TriplineService
import TriplineStore

/// Measures the service without its network: the fleet of `AlertLoad` through the pipeline, everything on and on the disk.
struct AlertBench {
  /// Runs for some seconds and prints what it came to.
  static func run(seconds: Double) async throws {
    let folder = URL(fileURLWithPath: ".build/alert-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = try AlertLoad.configuration(in: folder)
    print(
      "synthetic fleet: \(AlertLoad.vehicles) vehicles, \(AlertLoad.fences) fences, \(AlertLoad.rules) rules, everything on the disk"
    )
    for size in [2000, 20_000] { _ = try await batches(of: size, seconds: seconds, configuration, folder) }
    try await messages(seconds: seconds, configuration, folder)
  }

  private static func pipeline(
    _ store: AlertStore, _ configuration: LoadedConfiguration, _ load: AlertLoad
  ) async throws -> AlertPipeline {
    let now = load.start
    let pipeline = try AlertPipeline(
      store: store, configuration: configuration,
      sinks: [Outbox.Sink(id: "log/file/1", receiver: "log", takesGroups: false)], source: "/tripline/bench",
      metrics: ServiceMetrics(version: "bench", startedAt: now), at: now)
    _ = try await pipeline.start(at: now)
    return pipeline
  }

  /// As the service does.
  private static func keepCheckpoints(_ store: AlertStore) -> Task<Void, Never> {
    Task { while (try? await Task.sleep(for: .seconds(1))) != nil { _ = try? store.tidyLog() } }
  }

  /// Sends batches of a size for some seconds, prints what it came to and returns the microseconds of CPU that a fix has taken.
  static func batches(
    of size: Int, seconds: Double, _ configuration: LoadedConfiguration, _ folder: URL
  ) async throws -> Double {
    let store = try AlertStore(path: folder.appending(path: "batches-\(size).db").path)
    var load = AlertLoad()
    let pipeline = try await pipeline(store, configuration, load)
    let checkpoints = keepCheckpoints(store)
    defer { checkpoints.cancel() }
    var (fixes, used, alerts) = (0, 0.0, 0)
    var latencies: [Double] = []
    var memory: [Int] = []
    // The first round makes the vehicles known and is no measure of what goes on.
    var (start, hasBegun) = (ContinuousClock.now, false)
    var (busy, worked) = (0.0, 0.0)
    while !hasBegun || worked < seconds {
      let batch = load.take(size)
      if !hasBegun && load.round > 0 {
        hasBegun = true
        start = .now
        (fixes, used, busy, alerts) = (0, 0, 0, 0)
        latencies = []
      }
      let (before, begun) = (ProcessFigures.cpu, ContinuousClock.now)
      alerts += try await pipeline.take(batch, at: batch[0].fix.time).count
      let elapsed = (ContinuousClock.now - begun) / .seconds(1)
      used += ProcessFigures.cpu - before
      busy += elapsed
      latencies.append(elapsed * 1000)
      fixes += size
      worked = (ContinuousClock.now - start) / .seconds(1)
      if memory.count < Int(worked / seconds * 10) { memory.append(ProcessFigures.resident) }
    }
    latencies.sort()
    print(
      String(
        format:
          "batches of %d: %.0f fixes/s, %.2f us of CPU a fix, p50 %.1f ms, p99 %.1f ms, longest %.1f ms from receipt to disk, %d deliveries, %@ MiB after each tenth",
        size, Double(fixes) / busy, used / Double(fixes) * 1e6, latencies[latencies.count / 2],
        latencies[latencies.count * 99 / 100], latencies.last ?? 0, alerts,
        memory.map { "\($0)" }.joined(separator: " ")))
    return used / Double(fixes) * 1e6
  }

  /// One fix a message, as they come from a socket: what arrives while a transaction is written makes the next one.
  private static func messages(
    seconds: Double, _ configuration: LoadedConfiguration, _ folder: URL
  ) async throws {
    let store = try AlertStore(path: folder.appending(path: "messages.db").path)
    var load = AlertLoad()
    let pipeline = try await pipeline(store, configuration, load)
    let checkpoints = keepCheckpoints(store)
    defer { checkpoints.cancel() }
    while load.round == 0 { _ = try await pipeline.take(load.take(20_000), at: load.start) }
    let count = Int(seconds * 20_000)
    let texts = (0..<count).map { index -> [UInt8] in
      let vehicle = index % AlertLoad.vehicles
      let fix = load.fix(of: vehicle, in: 1 + index / AlertLoad.vehicles)
      return Array(
        #"{"type":"position","timestamp":\#(fix.time),"vehicleId":"\#(load.id(of: vehicle))","position":{"latitude":\#(fix.latitude),"longitude":\#(fix.longitude),"speed":60,"bearing":90,"altitude":300,"accuracy":5,"time":\#(fix.time)}}"#
          .utf8)
    }
    let intake = Intake()
    let before = ProcessFigures.cpu
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
        (ProcessFigures.cpu - before) / Double(fixes) * 1e6, Double(fixes) / elapsed, batches,
        Double(fixes) / Double(batches)))
  }
}
