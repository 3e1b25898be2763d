import Foundation
import TriplineCore
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// A service in small: synthetic vehicles about a yard of 200 m, a pipeline, and a store in a folder that goes with it.
final class YardService: Sendable {
  /// 2026-11-23T10:40:00Z in milliseconds, a Monday.
  static let start: Int64 = 1_795_430_400_000
  /// Where alerts go unless a test says otherwise.
  static let sink = Outbox.Sink(id: "log/webhook/1", receiver: "log", takesGroups: false)
  /// The fence of most tests.
  static let yard = "{id: yard, circle: {center: {lat: 50, lon: 14}, radius: 200m}}"

  /// The folder of the store and of the files of rules.
  let folder: URL
  /// The store.
  let store: AlertStore
  /// The pipeline, which has begun.
  let pipeline: AlertPipeline
  private let sinks: [Outbox.Sink]

  /// Begins with a file of rules: what follows its version and its fences; the receiver `log` is there where it names
  /// none.
  init(
    _ rules: String, fences: [String] = [yard], sinks: [Outbox.Sink] = [sink], at now: Int64 = start
  ) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tripline-yard-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.sinks = sinks
    store = try AlertStore(path: folder.appending(path: "alerts.db").path)
    pipeline = try Self.pipeline(store, try Self.configuration(rules, fences, in: folder), sinks, at: now)
    _ = try await pipeline.start(at: now)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Reads a file of rules.
  func configuration(_ rules: String, fences: [String] = [yard]) throws -> LoadedConfiguration {
    try Self.configuration(rules, fences, in: folder)
  }

  /// Another pipeline where the store is: what a restart gives.
  func restarted(_ rules: String, fences: [String] = [yard], at now: Int64) async throws -> AlertPipeline {
    let pipeline = try Self.pipeline(
      try AlertStore(path: store.path), try configuration(rules, fences: fences), sinks, at: now)
    _ = try await pipeline.start(at: now)
    return pipeline
  }

  /// Goes over to other rules or fences.
  func reload(_ rules: String, fences: [String] = [yard], at now: Int64) async throws {
    _ = try await pipeline.reload(try configuration(rules, fences: fences), sinks: sinks, at: now)
  }

  /// What has been told, in its order, like `In van yard firing`.
  func told(to sink: String? = nil) throws -> [String] {
    try store.deliveries(to: sink).flatMap { delivery in
      try store.contents(ofDelivery: delivery.number)?.events.map { event, alert in
        [alert.rule, alert.vehicleID, alert.fenceID, event.isFiring ? "firing" : "resolved"]
          .compactMap { $0 }.joined(separator: " ")
      } ?? []
    }
  }

  /// All alerts of a rule, by their beginning.
  func alerts(_ rule: String? = nil) throws -> [Alert] {
    try store.alerts(in: .min..<(.max), rule: rule).map(\.alert)
  }

  /// A fix so many seconds behind the start, in the middle of the yard, or 1.1 km north of it.
  static func fix(_ seconds: Int64, inside: Bool, vehicle: String = "van", since start: Int64 = start) -> ReceivedFix {
    fix(seconds, latitude: inside ? 50 : 50.01, vehicle: vehicle, since: start)
  }

  /// A fix so many seconds behind the start, on the meridian of the yard.
  static func fix(
    _ seconds: Int64, latitude: Double, vehicle: String = "van", since start: Int64 = start
  ) -> ReceivedFix {
    ReceivedFix(
      vehicleID: vehicle,
      fix: Fix(vehicle: 0, time: start + seconds * 1000, latitude: latitude, longitude: 14, accuracy: 5))
  }

  /// Fixes every half minute between two moments, in seconds behind the start.
  static func fixes(
    _ seconds: ClosedRange<Int64>, inside: Bool, vehicle: String = "van", since start: Int64 = start
  ) -> [ReceivedFix] {
    stride(from: seconds.lowerBound, through: seconds.upperBound, by: 30).map {
      fix($0, inside: inside, vehicle: vehicle, since: start)
    }
  }

  private static func configuration(_ rules: String, _ fences: [String], in folder: URL) throws -> LoadedConfiguration {
    let file = folder.appending(path: "rules-\(UUID().uuidString).yaml")
    let receivers = rules.contains("receivers:") ? "" : "receivers: [{name: log, stdout: true}]\n"
    let places = fences.isEmpty ? "" : "fences:\n" + fences.map { "  - \($0)\n" }.joined()
    try Data(("version: 1\n" + places + rules + "\n" + receivers).utf8).write(to: file)
    return try LoadedConfiguration(path: file.path)
  }

  private static func pipeline(
    _ store: AlertStore, _ configuration: LoadedConfiguration, _ sinks: [Outbox.Sink], at now: Int64
  ) throws -> AlertPipeline {
    try AlertPipeline(
      store: store, configuration: configuration, sinks: sinks, source: "/tripline/test",
      metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
  }
}
