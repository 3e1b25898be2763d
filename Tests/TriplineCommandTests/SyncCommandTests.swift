import Foundation
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
    let again = try run(["sync", "--archive", archive])
    #expect(again.messages.contains("0 fetched with 0 fixes"), "\(again.messages)")
  }

  @Test func `a sync that is killed at any moment loses nothing, and the archive is whole each time`() throws {
    let (whole, killed) = (folder.path("whole.db"), folder.path("killed.db"))
    #expect(try run(["sync", "-q", "--archive", whole]).status == 0)
    // `Scripts/kills` has more of them.
    let count = ProcessInfo.processInfo.environment["TRIPLINE_KILLS"].flatMap { Int($0) } ?? 8
    var random = SeededGenerator(seed: UInt64(count))
    var interrupted = 0
    for _ in 0..<count {
      let status = try run(
        ["sync", "-q", "--archive", killed], killedAfter: Double.random(in: 0.01...0.5, using: &random)
      ).status
      interrupted += status == 0 ? 0 : 1
      if FileManager.default.fileExists(atPath: killed) {
        let check = try run(["store", "check", "--archive", killed])
        #expect(check.status == 0, "\(check.text)\(check.messages)")
      }
      // What has come through is begun anew, so that there is always something to be killed.
      if status == 0 {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: killed + suffix) }
      }
    }
    #expect(try run(["sync", "-q", "--archive", killed]).status == 0)
    let exports = try [whole, killed].map { try run(["store", "export", "--archive", $0]) }
    #expect(exports[0].status == 0 && exports[0].lines.count > 100 && exports[0].output == exports[1].output)
    // A machine that is very slow or very quick may let some through, or kill them before they begin.
    #expect(interrupted > 0)
    print("killed \(interrupted) of \(count) syncs; the archive was whole each time, and complete at the end")
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
