import Foundation
import Testing
import TriplineAlerts

@testable import TriplineStore

@Suite struct AlertStoreSinksTests {
  @Test func `sinks are those that something was to be told to, and those that are left alone`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tripline-sinks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try AlertStore(path: folder.appending(path: "alerts.db").path)
    #expect(try store.sinks().isEmpty)
    var batch = AlertBatch(number: 1, recordedAt: 1000)
    for (number, sink) in ["b", "a", "b", "c"].enumerated() {
      batch.deliveries.append(
        Delivery(number: UInt64(number + 1), id: "synthetic-\(number)", sink: sink, about: "1", events: [], at: 1000))
    }
    try store.commit(batch)
    var gone = AlertStore.SinkState()
    gone.isDisabled = true
    for sink in ["c", "d"] { try store.keep(gone, ofSink: sink) }
    let usual = AlertStore.SinkState()
    #expect(try store.sinks() == ["a": usual, "b": usual, "c": gone, "d": gone])
  }
}
