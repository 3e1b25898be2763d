import Foundation
import GRDB
import MyCarTracks
import MyCarTracksSandbox
import MyCarTracksTesting
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineStore

@Suite struct ArchiveTests {
  @Test func `any SQL tool reads degrees and SI units`() async throws {
    let synced = try SyncedAccount(SandboxAccount.synthetic(vehicles: 1, tracks: 6, points: 40))
    _ = try await synced.sync()
    let row = try #require(
      try synced.archive.read { try GRDB.Row.fetchOne($0, sql: "SELECT * FROM fixes ORDER BY time DESC LIMIT 1") })
    #expect(row["vehicle_id"] == "101" && row["time"] == "2026-05-28T20:26:40.000Z")
    let values: [Double] = ["latitude", "speed_mps", "bearing", "accuracy"].map { row[$0] }
    #expect(values == [48, 10, 90, 5])
    let track = try #require(
      try synced.archive.read { try GRDB.Row.fetchOne($0, sql: "SELECT * FROM track ORDER BY id LIMIT 1") })
    #expect(track["reported_distance"] == "0.39" && track["reported_duration"] == "39000.0")
  }

  @Test func `what old tracks have is removed, and not fetched again`() async throws {
    let account = SandboxAccount.synthetic(vehicles: 2, tracks: 5, points: 40)
    let synced = try SyncedAccount(account, date: 1_780_000_000_000 + 86_400_000)
    _ = try await synced.sync()
    #expect(try synced.archive.prune(before: 1_780_000_000_000 - 2 * 86_400_000 - 3_600_000) == 2 * 2 * 40)
    #expect(try synced.archive.counts().fixes == 2 * 3 * 40)
    #expect(try synced.archive.check().isEmpty)
    #expect(try await synced.sync(SyncOptions(since: 0)).fetched == 0)
    try synced.archive.vacuum()
    #expect(try synced.archive.check().isEmpty)
  }

  @Test func `damage is found, and repaired by the next sync`() async throws {
    let account = SandboxAccount.synthetic(vehicles: 2, tracks: 5, points: 40)
    let synced = try SyncedAccount(account)
    _ = try await synced.sync()
    try synced.archive.write { try $0.execute(sql: "DELETE FROM fix WHERE time % 7000 = 0") }
    #expect(try synced.archive.check().isEmpty == false)
    try synced.archive.repair()
    _ = try await synced.sync(SyncOptions(since: 0))
    try account.expectWhole(synced)
  }

  @Test func `a file of something else is no archive, and one of a newer version is left alone`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("archive-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = folder.appendingPathComponent("text.db").path
    try Data("this is no database, but long enough to be one, is it not".utf8).write(to: URL(fileURLWithPath: text))
    #expect(throws: StoreError.self) { try Archive(path: text) }
    let newer = folder.appendingPathComponent("newer.db").path
    do {
      let archive = try Archive(path: newer)
      try archive.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
    }
    let error = #expect(throws: StoreError.self) { try Archive(path: newer) }
    #expect(error?.code == .newer)
    #expect(throws: StoreError.self) { try Archive(path: folder.appendingPathComponent("no/such/folder.db").path) }
  }

  @Test func `fences of the account become fences`() async throws {
    var account = SandboxAccount.synthetic(vehicles: 1, tracks: 1, points: 40)
    account.fences = [
      SandboxAccount.Fence(id: 1, name: "Depot", latitude: 48, longitude: 17.001, radius: 50),
      SandboxAccount.Fence(id: 2, name: "Quarry", latitude: 49, longitude: 17, radius: 500),
    ]
    let synced = try SyncedAccount(account)
    _ = try await synced.sync()
    let read = try FenceReader().read(InputFile(path: synced.archive.path))
    #expect(read.fences.map(\.id) == ["1", "2"] && read.fences.map(\.name) == ["Depot", "Quarry"])
    #expect(read.fences[0].shape == .circle(center: Coordinate(latitude: 48, longitude: 17.001), radius: 50))
  }

  /// Recorded cars and a phone at 1 Hz, their tracks synced one after another.
  @Test(
    .enabled(if: SharedData.isPresent, "there are no recorded tracks"),
    arguments: ["car_curitiba_ndsbr_1hz", "car_us_driveplotr_1hz"])
  func `recorded fixes take no more than 48 bytes each, and read back as they were`(name: String) async throws {
    let input = InputFile(path: try SharedData.path("tracks/\(name).csv.gz"))
    let recorded = SandboxAccount.recorded([input])
    let synced = try SyncedAccount(recorded.account, date: (recorded.account.end ?? 0) + 86_400_000)
    _ = try await synced.sync()
    try recorded.account.expectWhole(synced, name)
    try synced.archive.vacuum()
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: synced.archive.path)[.size] as? Int)
    let count = try synced.archive.counts().fixes
    print("\(name): \(count) fixes, \(Double(size) / Double(count)) bytes each")
    #expect(Double(size) / Double(count) <= 48)
  }
}
