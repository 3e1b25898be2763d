import Foundation
import GRDB
import Testing
import TriplineAlerts
import TriplineCore
import TriplineStore

@testable import TriplineService

/// What the pipeline keeps to go on from, by a synthetic vehicle that goes to and fro along the boundary of a circle of 100 m.
@Suite struct AlertPipelineJournalTests {
  private let folder: URL
  private let store: AlertStore
  private let now: Int64 = 1_780_000_000_000

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try AlertStore(path: folder.appending(path: "alerts.db").path)
  }

  private func pipeline() async throws -> AlertPipeline {
    let file = folder.appending(path: "rules.yaml")
    let text = """
      version: 1
      fences: [{id: yard, circle: {center: {lat: 48, lon: 10}, radius: 100m}}]
      rules: [{alert: In, when: {enter: {}}}, {alert: Out, when: {exit: {}}}]
      receivers: [{name: log, stdout: true}]
      """
    try Data(text.utf8).write(to: file)
    let pipeline = try AlertPipeline(
      store: store, configuration: try LoadedConfiguration(path: file.path), sinks: [], source: "/tripline/test",
      metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
    _ = try await pipeline.start(at: now)
    return pipeline
  }

  private func fix(_ number: Int) -> ReceivedFix {
    let fix = Fix(
      vehicle: 0, time: now + Int64(number) * 10_000, latitude: 48 + 0.0009 + 0.00002 * Double(number % 7 - 3),
      longitude: 10, accuracy: 5)
    return ReceivedFix(vehicleID: "synthetic", fix: fix)
  }

  @Test func `time that goes on without anything coming of it is noted once for each part`() async throws {
    let pipeline = try await pipeline()
    for second in 1...Int64(50) { #expect(try await pipeline.tick(at: now + second * 1000).isEmpty) }
    _ = try await pipeline.take([fix(5)], at: now + 51_000)
    var advances: [[AlertBatch.Advance]] = []
    try store.readJournal(after: 0) { advances.append($0.advances) }
    #expect(advances == [(0..<AlertEngine.parts).map { AlertBatch.Advance(part: $0, time: now + 50_000) }])
  }

  @Test func `traces of a shard are gathered once there are many, and are those that came, over restarts`() async throws
  {
    var current = try await pipeline()
    var last: [AlertEngine.Trace] = []
    for round in 0..<30 {
      _ = try await current.take((0..<100).map { fix(round * 100 + $0) }, at: now + Int64(round + 1) * 1_000_000)
      if round % 4 == 3 { current = try await pipeline() }
      let traces = try store.traces(ofVehicle: 0, in: 0...Int64.max)
      #expect(traces.count > last.count && Array(traces.prefix(last.count)) == last, "round \(round)")
      last = traces
    }
    let blocks = try await DatabaseQueue(path: store.path).read { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM trace WHERE shard = 0") ?? 0
    }
    #expect(blocks > 0 && last.count > 1000)
  }
}
