import Foundation
import GRDB
import Testing
import TriplineTesting

/// What an account holder does, against a sandbox as a process of its own.
@Suite struct SyncCommandTests {
  /// Recorded buses where they are there, else what is in Fixtures.
  private static var tracks: String {
    (try? SharedData.path("tracks/bus_dc_wmata_sparse.csv.gz")) ?? fixture("van-delivery-round.csv")
  }

  private let folder: TemporaryFolder
  private let sandbox: SandboxProcess

  init() throws {
    folder = try TemporaryFolder()
    sandbox = try SandboxProcess([Self.tracks, "--recorded-times", "--rate-limit", "100000"])
  }

  private func run(_ arguments: [String], killedAfter: Double? = nil) throws -> Command {
    try Command(arguments, environment: sandbox.environment, killedAfter: killedAfter)
  }

  @Test func `an account is checked, listed, synced, and replayed like a file`() throws {
    let archive = folder.path("fleet.db")
    let check = try run(["auth", "check"])
    #expect(check.status == 0 && check.text.contains("read") && check.text.contains("of 100000 left"))
    let vehicles = try run(["vehicles", "list", "-o", "ndjson"])
    let tracks = try run(["tracks", "list", "-o", "ndjson"])
    #expect(vehicles.status == 0 && tracks.status == 0 && tracks.lines.count >= vehicles.lines.count)
    let sync = try run(["sync", "--archive", archive])
    #expect(sync.status == 0 && sync.messages.contains("\(tracks.lines.count) tracks to fetch"), "\(sync.messages)")
    #expect(try run(["store", "check", "--archive", archive]).status == 0)
    // Trips and their number depend on the fixes alone.
    let (file, archived) = (
      try Command(["score", Self.tracks, "--by", "fleet"]), try Command(["score", archive, "--by", "fleet"])
    )
    #expect(file.status == 0 && file.text == archived.text)
    let replays = try [Self.tracks, archive].map { try Command(["replay", $0, "-o", "ndjson"]) }
    let kinds = replays.map { replay in replay.lines.count { $0.contains("\"trip\"") } }
    #expect(replays.allSatisfy { $0.status == 0 } && kinds[0] > 0 && kinds[0] == kinds[1])
    let again = try run(["sync", "--archive", archive])
    #expect(again.messages.contains("0 fetched with 0 fixes"), "\(again.messages)")
    let other = try run(["sync", "--archive", archive, "--vehicle", "4712"])
    #expect(other.status == 66 && other.messages.contains("4712"), "\(other.messages)")
    #expect(try run(["sync", "--archive", archive, "--keep", "1d"]).messages.contains("fixes removed"))
    #expect(try Command(["store", "prune", "--older-than", "0s", "--archive", archive]).status == 0)
    #expect(try Command(["store", "vacuum", "--archive", archive]).status == 0)
    let emptied = try Command(["store", "check", "--archive", archive])
    #expect(emptied.status == 0 && emptied.messages.contains(" their 0 fixes: all is well"), "\(emptied.messages)")
  }

  @Test func `a sync that is killed at any moment loses nothing, and the archive is whole each time`() throws {
    let (whole, killed) = (folder.path("whole.db"), folder.path("killed.db"))
    #expect(try run(["sync", "-q", "--archive", whole]).status == 0)
    // `Scripts/kills` has more of them.
    let count = ProcessInfo.processInfo.environment["TRIPLINE_KILLS"].flatMap { Int($0) } ?? 8
    var random = SeededGenerator(seed: UInt64(count))
    // Only those count that meet a sync at its archive. A machine that is very slow gets longer, one that is quick less.
    var (interrupted, runs, longest) = (0, 0, 0.5)
    while interrupted < count, runs < count * 20 {
      runs += 1
      let status = try run(
        ["sync", "-q", "--archive", killed], killedAfter: Double.random(in: 0.01...longest, using: &random)
      ).status
      guard FileManager.default.fileExists(atPath: killed) else {
        longest *= 1.2
        continue
      }
      let check = try run(["store", "check", "--archive", killed])
      #expect(check.status == 0, "\(check.text)\(check.messages)")
      if status != 0 {
        interrupted += 1
      } else if interrupted < count {
        // What has come through loses a third of its vehicles and some tracks, so that there is something to be killed: as
        // where vehicles are new, and tracks have changed.
        longest = max(0.05, longest * 0.9)
        try forgetSome(of: killed)
      }
    }
    #expect(interrupted == count)
    #expect(try run(["sync", "-q", "--archive", killed]).status == 0)
    let exports = try [whole, killed].map { try run(["store", "export", "--archive", $0]) }
    #expect(exports[0].status == 0 && exports[0].lines.count > 100)
    // Numbers within the file, and with them the order of tracks, depend on the way it came about.
    #expect(exports[0].lines.sorted() == exports[1].lines.sorted())
    print("killed \(interrupted) syncs at work, of \(runs); the archive was whole each time, and complete at the end")
  }

  private func forgetSome(of archive: String) throws {
    try DatabaseQueue(path: archive).write { database in
      try database.execute(
        sql: """
          CREATE TEMP TABLE lost AS SELECT id FROM track WHERE vehicle % 3 = 0 OR id % 5 = 0;
          DELETE FROM fix WHERE track IN (SELECT id FROM lost);
          DELETE FROM trip WHERE track IN (SELECT id FROM lost);
          DELETE FROM stop WHERE track IN (SELECT id FROM lost);
          DELETE FROM visit WHERE track IN (SELECT id FROM lost);
          DELETE FROM track WHERE id IN (SELECT id FROM lost) AND vehicle % 3 = 0;
          DELETE FROM vehicle WHERE id % 3 = 0;
          UPDATE track SET fetched_listing = NULL, fix_count = 0, first_fix = NULL, last_fix = NULL
            WHERE id IN (SELECT id FROM lost);
          """)
    }
  }

  @Test func `fences of the account become fences of a replay, and their visits rows`() throws {
    let sandbox = try SandboxProcess([
      fixture("van-delivery-round.csv"), "--fences", fixture("depots.geojson"), "--preset", "C", "--fault",
      "server-errors",
      "--rate-limit", "1000", "--write-scope",
    ])
    let archive = folder.path("round.db")
    let sync = try Command(["sync", "--archive", archive], environment: sandbox.environment)
    #expect(sync.status == 0, "\(sync.messages)")
    func visits(_ tracks: String, _ fences: String) throws -> Int {
      let replay = try Command(["replay", tracks, "--fences", fences, "-o", "ndjson"])
      #expect(replay.status == 0, "\(replay.messages)")
      return replay.lines.count { $0.contains(#""type":"visit""#) }
    }
    let archived = try visits(archive, archive)
    let expected = try visits(fixture("van-delivery-round.csv"), fixture("depots.geojson"))
    #expect(archived > 0 && archived == expected)
    let rows = try DatabaseQueue(path: archive).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM visits") }
    #expect(rows == archived)
  }

  @Test func `a folder is served, as a year that goes on a hundred times as fast`() throws {
    let (tracks, other) = (folder.path("tracks"), folder.path("tracks/round.csv"))
    try FileManager.default.createDirectory(atPath: tracks, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: fixture("van-delivery-round.csv"), toPath: other)
    let sandbox = try SandboxProcess([
      folder.path(""), "--replay", "10m", "--speed", "100", "--upload-interval", "30s", "--late-vehicles", "3",
      "--traffic", "edge-jitter",
    ])
    let listed = try Command(["vehicles", "list", "-o", "ndjson"], environment: sandbox.environment)
    #expect(listed.status == 0 && listed.lines.contains { $0.contains("At the edge") } && listed.lines.count > 1)
  }

  @Test func `wrong and missing credentials are told with what to do, and no secret is told`() throws {
    var environment = sandbox.environment
    environment["MYCARTRACKS_CLIENT_SECRET"] = "hunter2"
    let wrong = try Command(["auth", "check"], environment: environment)
    #expect(wrong.status == 77 && wrong.messages.contains("Check client id and secret"))
    #expect(!(wrong.messages + wrong.text).contains("hunter2"))
    environment["MYCARTRACKS_CLIENT_SECRET"] = ""
    let missing = try Command(["vehicles", "list"], environment: environment)
    #expect(missing.status == 78 && missing.messages.contains("MYCARTRACKS_CLIENT_SECRET"))
    environment["MYCARTRACKS_BASE_URL"] = "http://mycartracks.com/services/rest/v3"
    #expect(try Command(["auth", "check"], environment: sandbox.environment.merging(environment) { $1 }).status == 78)
    let none = try run(["store", "check", "--archive", folder.path("none.db")])
    #expect(none.status == 66 && none.messages.contains("tripline sync"))
  }

  @Test func `the sandbox describes itself, and the contract is checked with that`() throws {
    let url = try #require(sandbox.environment["MYCARTRACKS_BASE_URL"]).replacing("/v3", with: "/openapi.json")
    let check = try Command(["contract", "check", url, "-o", "ndjson"])
    #expect(check.status == 1 && check.lines.allSatisfy { !$0.contains("missing-path") })
    #expect(try Command(["contract", "check", "/nonexistent"]).status == 66)
    #expect(try Command(["sandbox", Self.tracks, "--dialect", "distance=furlong"]).status == 64)
  }
}
