import Foundation
import MyCarTracks
import NIOPosix
import TriplineAlerts
import TriplineCore
import TriplineService
import TriplineStore

/// The load of `AlertLoad` for as long as one likes: whether memory, the store and the time to the disk stay as they are.
///
/// Beside the fixes goes what the service does: time goes on and the log is tidied every second, what is old is removed every minute, and
/// what is to be told is written to a file by the driver of its sink. Alerts and reasons are kept for minutes in place of months, so
/// that the store soon has the size that it keeps.
struct SoakBench {
  /// Fixes in a batch where there is no rate.
  private static let batch = 2000
  /// Fixes whose time to the disk is measured where there is a rate: one of so many.
  private static let measured = 16
  /// How long alerts and reasons are kept, in milliseconds.
  private static let retention: Int64 = 300_000
  /// Metres after which vehicles turn back, so that an hour does not lead them out of their fences.
  private static let reach = 5_000.0
  /// One of so many vehicles drives: of all of them each entry and each exit would be four alerts or ends of alerts, 1,800 a second.
  private static let driving = 5
  /// Seconds after which memory has to stay as it is: by then each vehicle has been everywhere on its way, and as many exits last
  /// until it comes back as ever will.
  private static let warmUp = 900.0
  /// Seconds from one look at the memory to the next.
  private static let look = 5.0
  /// What memory may grow to from the beginning on, as a multiple.
  private static let growth = 1.1

  private let folder: URL
  private let seconds: Double
  /// Fixes a second; `nil` for as many as go.
  private let rate: Double?
  private let store: AlertStore
  private let pipeline: AlertPipeline
  private let driver: SinkDriver
  private let clock: LoadClock
  private var load: AlertLoad
  private var fixes = 0
  private var alerts = 0
  private var minute = (number: 1, fixes: 0, began: 0.0)
  private var nextTick = 1.0
  private var part = 0
  private var recent = LatencyHistogram()
  private var latencies = LatencyHistogram()
  /// Seconds since the beginning, and MiB of memory and of the store.
  private var looks: [(time: Double, memory: Double, store: Double)] = []

  /// Runs for some seconds and prints a line a minute; returns whether memory has stayed as it was.
  static func run(seconds: Double, rate: Double?) async throws -> Bool {
    let folder = URL(fileURLWithPath: ".build/soak-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var soak = try SoakBench(in: folder, seconds: seconds, rate: rate)
    try await soak.begin()
    let order = soak.keepOrder()
    defer { order.cancel() }
    try await soak.work()
    await soak.driver.stop()
    return try soak.conclude()
  }

  private init(in folder: URL, seconds: Double, rate: Double?) throws {
    (self.folder, self.seconds, self.rate) = (folder, seconds, rate)
    let configuration = try AlertLoad.configuration(in: folder)
    load = AlertLoad()
    (load.reach, load.driving) = (Self.reach, Self.driving)
    if let rate { load.interval = max(1, Int64(Double(AlertLoad.vehicles) / rate * 1000)) }
    clock = LoadClock(at: load.start)
    store = try AlertStore(path: folder.appending(path: "soak.db").path)
    let metrics = ServiceMetrics(version: "bench", startedAt: load.start)
    let entries = try Receivers.make(configuration.alerts.receivers, environment: [:], time: clock)
    pipeline = try AlertPipeline(
      store: store, configuration: configuration, sinks: entries.map(\.sink), source: "/tripline/bench",
      metrics: metrics, at: load.start)
    driver = try SinkDriver(
      entries[0], store: store, time: clock, metrics: metrics, failed: { fatalError("a delivery: \($0)") })
  }

  /// Makes the vehicles known, which is no measure of what goes on.
  private mutating func begin() async throws {
    await driver.take(try await pipeline.start(at: load.start))
    while load.round == 0 { await driver.take(try await pipeline.take(load.take(Self.batch), at: clock.date)) }
    let pace = rate.map { "\(Int($0)) fixes a second" } ?? "as many fixes as go, \(Self.batch) at once"
    say(
      "synthetic fleet: \(AlertLoad.vehicles) vehicles, one of \(Self.driving) drives, \(AlertLoad.fences) fences, \(AlertLoad.rules) rules, everything on the disk; \(pace) for \(Int(seconds)) s"
    )
    say("minute      fixes  fixes/s  memory MiB  store MiB   alerts  pending  p50 ms  p99 ms  longest ms")
  }

  /// As the service does, beside those who write.
  private func keepOrder() -> Task<Void, Never> {
    Task { [store, clock] in
      var rounds = 0
      do {
        while true {
          try await Task.sleep(for: .seconds(1))
          rounds += 1
          let isForced = rounds % 60 == 0
          _ = try await NIOThreadPool.singleton.runIfActive { try store.tidyLog(isForced: isForced) }
          guard rounds % 60 == 0 else { continue }
          let time = clock.date - Self.retention
          while !Task.isCancelled, try store.prune(alertsBefore: time, tracesBefore: time) { await Task.yield() }
        }
      } catch is CancellationError {
        return
      } catch {
        fatalError("the store: \(error)")
      }
    }
  }

  // MARK: Fixes

  private mutating func work() async throws {
    let begun = ContinuousClock.now
    func elapsed() -> Double { (ContinuousClock.now - begun) / .seconds(1) }
    var now = 0.0
    while now < seconds {
      try await send(elapsed)
      now = elapsed()
      if now >= nextTick {
        await driver.take(try await pipeline.tick(part, at: clock.date, fixesUpTo: clock.date))
        part = (part + 1) % AlertEngine.parts
        nextTick += 1 / Double(AlertEngine.parts)
      }
      if now >= Double(looks.count) * Self.look {
        looks.append((now, Double(ProcessFigures.resident), storeSize()))
      }
      if now >= Double(minute.number) * 60 || now >= seconds { try report(now) }
    }
  }

  /// Sends what is there to be sent.
  private mutating func send(_ elapsed: () -> Double) async throws {
    let waiting = rate.map { Int(elapsed() * $0) - fixes } ?? Self.batch
    guard waiting > 0 else { return try await Task.sleep(for: .milliseconds(1)) }
    let received = load.take(min(waiting, Intake.batch))
    let start = elapsed()
    if let newest = received.last { clock.advance(to: newest.fix.time) }
    let deliveries = try await pipeline.take(received, at: clock.date)
    let end = elapsed()
    alerts += deliveries.count
    await driver.take(deliveries)
    if let rate {
      // From when it was due, however long it then waited for the transaction before.
      for index in stride(from: fixes, to: fixes + received.count, by: Self.measured) {
        recent.add((end - Double(index) / rate) * 1000)
      }
      // The pace of the service.
      if end - start < 0.002 { try await Task.sleep(for: .seconds(0.002 - (end - start))) }
    } else {
      recent.add((end - start) * 1000)
    }
    fixes += received.count
  }

  // MARK: What it came to

  private mutating func report(_ now: Double) throws {
    let pending = try store.backlog().reduce(0) { $0 + $1.waiting }
    let rate = Double(fixes - minute.fixes) / max(0.001, now - minute.began)
    say(
      String(
        format: "%6d %10d %8.0f %11d %10.0f %8d %8d %7.1f %7.1f %11.1f", minute.number, fixes, rate,
        ProcessFigures.resident, storeSize(), alerts, pending, recent.quantile(0.5), recent.quantile(0.99),
        recent.longest))
    latencies.add(recent)
    recent.removeAll()
    minute = (minute.number + 1, fixes, now)
    // As when a log is taken away: the next line makes another file.
    try? FileManager.default.removeItem(at: AlertLoad.alerts(in: folder))
  }

  private func conclude() throws -> Bool {
    let begin = min(Self.warmUp, seconds / 2)
    let later = looks.filter { $0.time >= begin }
    guard let first = later.first, let last = later.last else { return true }
    let isFlat = last.memory <= first.memory * Self.growth
    say(
      String(
        format: "memory: %.0f MiB after %.0f s, %.0f MiB at the end, %+.1f MiB an hour by least squares: %@",
        first.memory, first.time, last.memory, Self.slope(later.map { ($0.time, $0.memory) }) * 3600,
        isFlat ? "within a tenth" : "it grows"))
    say(
      String(
        format: "store: %.0f MiB after %.0f s, %.0f MiB at the end, %+.1f MiB an hour", first.store, first.time,
        last.store, Self.slope(later.map { ($0.time, $0.store) }) * 3600))
    let p99 = latencies.quantile(0.99)
    say(
      String(
        format: "from receipt to disk: p50 %.1f ms, p99 %.1f ms, longest %.1f ms; the goal of 20 ms for p99 is %@",
        latencies.quantile(0.5), p99, latencies.longest, p99 < 20 ? "met" : "missed"))
    return isFlat
  }

  /// By how much values grow in a second, by least squares.
  private static func slope(_ points: [(x: Double, y: Double)]) -> Double {
    let count = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
    let spread = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    return spread > 0 ? points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / spread : 0
  }

  /// MiB of the store with the log beside it.
  private func storeSize() -> Double {
    let sizes = ["", "-wal"].map { suffix in
      (try? FileManager.default.attributesOfItem(atPath: store.path + suffix))?[.size] as? Int ?? 0
    }
    return Double(sizes.reduce(0, +)) / 1_048_576
  }

  /// Writes a line at once, also to a pipe.
  private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
