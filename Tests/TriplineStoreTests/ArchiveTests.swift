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

  @Test func `what is left of a track that is gone, and damaged, goes with it`() async throws {
    let two = SandboxAccount.synthetic(vehicles: 1, tracks: 2, points: 40)
    let synced = try SyncedAccount(two, date: 1_780_000_000_000 + 2 * 86_400_000)
    _ = try await synced.sync()
    try synced.archive.write { database in
      try database.execute(sql: "UPDATE track SET gone = 2 WHERE remote_id = '90001'")
      try database.execute(
        sql: "DELETE FROM fix WHERE track = (SELECT id FROM track WHERE gone = 2) AND time % 7000 = 0")
    }
    #expect(try synced.archive.check().isEmpty == false)
    try synced.archive.repair()
    #expect(try synced.archive.check().isEmpty)
    #expect(try synced.archive.counts().fixes == 40)
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

  @Test(arguments: [false, true])
  func `an archive is for nobody else to read, where a link leads to it, too`(isLink: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "private-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "fleet.db").path
    let place = isLink ? folder.appending(path: "there.db").path : file
    if isLink { try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "there.db") }
    let archive = try Archive(path: file)
    for path in [place, place + "-wal", place + "-shm"] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
      #expect(mode?.intValue == 0o600, "\(path)")
    }
    _ = try archive.counts()
  }

  @Test func `what SQLite says of a disk that fails is told with its code`() {
    let error = StoreError(DatabaseError(resultCode: .SQLITE_IOERR_FSYNC), at: "fleet.db")
    #expect(error.code == .cannotWrite)
    #expect(error.message.hasPrefix("fleet.db cannot be written: disk I/O error (SQLite 1034). "))
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

  /// The rows of a view, as text.
  private func rows(_ archive: Archive, _ query: String) throws -> [String] {
    try archive.read { try GRDB.Row.fetchAll($0, sql: query) }.map { row in
      row.map { $1.storage.value.map { "\($0)" } ?? "NULL" }.joined(separator: " ")
    }
  }

  /// Two vehicles that stand still for ten minutes between two drives, one of them within a fence.
  private func accountWithStops() -> SandboxAccount {
    var account = SandboxAccount()
    for number in 0..<2 {
      let vehicle = account.addVehicle(named: "Van \(number + 1)")
      let latitude = 48 + Double(number) * 0.1
      var points: [SandboxPoint] = []
      for second in stride(from: 0, to: 1800, by: 5) {
        let metres = Double(second < 600 ? second : second < 1200 ? 600 : second - 600) * 10
        points.append(
          SandboxPoint(
            time: 1_779_000_000_000 + Int64(second) * 1000, latitude: latitude, longitude: 17 + metres / 74_600,
            speed: (600..<1200).contains(second) ? 0 : 10, accuracy: 5))
      }
      account.addTrack(of: vehicle, points)
    }
    account.fences = [
      SandboxAccount.Fence(id: 9, name: "Yard", latitude: 48, longitude: 17 + 6000 / 74_600, radius: 200)
    ]
    return account
  }

  @Test func `trips, stops and visits are there for any SQL tool, as score and replay find them`() async throws {
    let synced = try SyncedAccount(accountWithStops())
    _ = try await synced.sync()
    let archive = synced.archive
    var expected: [String] = []
    for track in RecordedInputs([InputFile(path: archive.path)]).tracks {
      var engine = Engine(fences: try FenceSet([]))
      var events = EventBuffer()
      engine.process(track.fixes.span, into: &events)
      engine.finish(into: &events)
      for case .trip(let trip) in events.events {
        expected.append(
          "\(Timestamp.text(trip.start) ?? "") \((trip.distance * 1000).rounded() / 1000) \(trip.fixes)")
      }
    }
    let trips = try rows(archive, "SELECT start_time, round(distance_m, 3), fixes FROM trips ORDER BY vehicle_id, 1")
    #expect(trips == expected && trips.count == 4)
    #expect(
      try rows(archive, "SELECT count(*) FROM trips WHERE driving_score IS NULL OR data_quality IS NULL") == ["0"])
    #expect(try rows(archive, "SELECT DISTINCT driver_id FROM trips ORDER BY 1") == ["501", "502"])
    let stops = try rows(
      archive, "SELECT vehicle_id, kind, duration_s > 550 FROM stops WHERE kind = 'observed' ORDER BY 1")
    #expect(stops == ["101 observed 1", "102 observed 1"])
    let visits = try rows(
      archive, "SELECT vehicle_id, fence_name, stops, duration_s > 600, duration_s < 700 FROM visits")
    #expect(visits == ["101 Yard 1 1 1"])
  }

  @Test func `visits follow the account's fences, and go with the fixes`() async throws {
    let account = accountWithStops()
    let synced = try SyncedAccount(account)
    _ = try await synced.sync()
    var moved = account
    moved.fences = [SandboxAccount.Fence(id: 10, name: "Dock", latitude: 48.1, longitude: 17, radius: 200)]
    let transport = SandboxTransport(Sandbox(account: moved), time: synced.time)
    synced.time.advance(by: .seconds(60))
    _ = try await synced.sync(from: transport)
    let visits = "SELECT vehicle_id, fence_id, fence_name, was_inside_at_start FROM visits"
    #expect(try rows(synced.archive, visits) == ["102 10 Dock 1"])
    _ = try synced.archive.prune(before: 1_780_000_000_000)
    for view in ["trips", "stops", "visits", "fixes"] {
      #expect(try rows(synced.archive, "SELECT count(*) FROM \(view)") == ["0"], "\(view)")
    }
  }

  @Test func `an archive of the first version is brought up to date, with its trips`() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("archive-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("old.db").path
    do {
      let queue = try DatabaseQueue(path: path)
      try Schema.migrator.migrate(queue, upTo: "1")
      try await queue.write { database in
        try database.execute(sql: "INSERT INTO vehicle (id, remote_id) VALUES (1, '101')")
        try database.execute(
          sql: """
            INSERT INTO track (id, remote_id, vehicle, listing, listed_at, seen_at, fetched_listing, first_fix, last_fix,
              fix_count) VALUES (1, '90001', 1, 'x', 0, 0, 'x', 1779000000000, 1779000599000, 600)
            """)
        // One that was pruned.
        try database.execute(
          sql: """
            INSERT INTO track (id, remote_id, vehicle, listing, listed_at, seen_at, fetched_listing)
            VALUES (2, '90002', 1, 'x', 0, 0, 'x')
            """)
        for second in 0..<600 {
          try database.execute(
            sql: "INSERT INTO fix VALUES (1, ?, 0, 1, 480000000, ?, NULL, 1000, NULL, 50, NULL)",
            arguments: [1_779_000_000_000 + second * 1000, 170_000_000 + second * 1340])
        }
      }
    }
    let archive = try Archive(path: path)
    try archive.derive()
    #expect(try rows(archive, "SELECT vehicle_id, track_id, fixes FROM trips") == ["101 90001 600"])
    #expect(try rows(archive, "SELECT remote_id FROM track WHERE pruned") == ["90002"])
    #expect(try archive.check().isEmpty)
  }

  @Test func `fences in another order change nothing`() async throws {
    var account = accountWithStops()
    account.fences.append(SandboxAccount.Fence(id: 3, name: "Other", latitude: 10, longitude: 10, radius: 5))
    let synced = try SyncedAccount(account)
    _ = try await synced.sync()
    let derived = try rows(synced.archive, "SELECT DISTINCT derived FROM track")
    account.fences.reverse()
    synced.time.advance(by: .seconds(60))
    _ = try await synced.sync(from: SandboxTransport(Sandbox(account: account), time: synced.time))
    #expect(derived.count == 1)
    #expect(try rows(synced.archive, "SELECT DISTINCT derived FROM track") == derived)
  }

  /// Recorded cars at 1 Hz, their tracks synced one after another; a file with little in it has its empty tables too.
  @Test(
    .enabled(if: SharedData.isPresent, "there are no recorded tracks"),
    arguments: ["car_curitiba_ndsbr_1hz", "car_us_driveplotr_1hz", "car_world_kubicka_1hz"])
  func `recorded fixes take no more than 48 bytes each, and read back as they were`(name: String) async throws {
    let input = InputFile(path: try SharedData.path("tracks/\(name).csv.gz"))
    // One set counts its seconds from 1970, when there was nothing.
    let recorded = SandboxAccount.recorded([input], times: .ending(1_780_000_000_000))
    let synced = try SyncedAccount(recorded.account, date: 1_780_000_000_000 + 86_400_000)
    _ = try await synced.sync()
    try recorded.account.expectWhole(synced, name)
    // Of a first sync the pages are full.
    try StoreFile.translating(synced.archive.path) {
      try synced.archive.database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: synced.archive.path)[.size] as? Int)
    let count = try synced.archive.counts().fixes
    print("\(name): \(count) fixes, \(Double(size) / Double(count)) bytes each")
    #expect(Double(size) / Double(count) <= 48)
  }
}
