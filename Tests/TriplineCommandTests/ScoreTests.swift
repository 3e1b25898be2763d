import Foundation
import Testing
import TriplineTesting

/// `tripline score`
@Suite(.enabled(if: SharedData.isPresent)) struct ScoreTests {
  private static let city = "tracks/car_curitiba_ndsbr_1hz.csv.gz"

  private func records(_ arguments: [String]) throws -> [[String: Any]] {
    let run = try Command(["score"] + arguments + ["-o", "ndjson"])
    #expect(run.status == 0, "\(run.messages)")
    return try run.lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func `trips have a score and what it was lost for, or a reason for none`() throws {
    let trips = try records([SharedData.path(Self.city)])
    #expect(trips.count == 10)
    for trip in trips {
      guard let score = trip["score"] as? Double else {
        #expect(trip["score_absence"] as? String == "too_short")
        continue
      }
      let losses = ["slow", "medium", "fast", "braking", "speeding"].map { trip["loss_\($0)"] as? Double ?? 0 }
      #expect(abs(score + losses.reduce(0, +) - 100) < 0.005, "\(trip)")
      #expect(trip["score_absence"] is NSNull)
    }
  }

  @Test func `CSV has the same values, with one header`() throws {
    let run = try Command(["score", SharedData.path(Self.city), "-o", "csv"])
    let trips = try records([SharedData.path(Self.city)])
    let rows = run.lines.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 11 && rows.allSatisfy { $0.count == rows[0].count && $0.count == trips[0].count })
    let score = try #require(rows[0].firstIndex(of: "score"))
    for (row, trip) in zip(rows.dropFirst(), trips) { #expect(Double(row[score]) == trip["score"] as? Double) }
  }

  @Test func `by vehicle, by driver and of the fleet`() throws {
    let trips = try records([SharedData.path(Self.city)])
    let vehicles = try records([SharedData.path(Self.city), "--by", "vehicle"])
    let ids = Set(trips.compactMap { $0["vehicle_id"] as? String })
    #expect(Set(vehicles.compactMap { $0["vehicle_id"] as? String }) == ids && vehicles.count == ids.count)
    for vehicle in vehicles {
      let own = trips.filter { $0["vehicle_id"] as? String == vehicle["vehicle_id"] as? String }
      let counted = own.filter { $0["score_confidence"] as? Double ?? 0 >= 0.3 }
      let distance = counted.compactMap { $0["distance_m"] as? Double }.reduce(0, +)
      let weighted = counted.map { ($0["distance_m"] as? Double ?? 0) * ($0["score"] as? Double ?? 0) }.reduce(0, +)
      #expect(vehicle["trips"] as? Int == own.count)
      #expect(abs((vehicle["score"] as? Double ?? 0) - (distance > 0 ? weighted / distance : 0)) < 0.01)
    }
    let fleet = try records([SharedData.path(Self.city), "--by", "fleet"])
    #expect(fleet.count == 1 && fleet[0]["trips"] as? Int == 10)
    #expect(try records([SharedData.path(Self.city), "--by", "driver"]).count == 1)
  }

  @Test func `a track has one driver, and rows that name another one are told with their line`() throws {
    let folder = try TemporaryFolder()
    let header = try #require(try track().first)
    let rows = try track().dropFirst()
    func write(_ file: String, _ driver: (Int) -> String) throws -> String {
      let text = rows.enumerated().map { "\($0.element),\(driver($0.offset))" }.joined(separator: "\n")
      try (header + ",driver_id\n" + text + "\n").write(toFile: folder.path(file), atomically: true, encoding: .utf8)
      return folder.path(file)
    }
    let late = try Command(["score", "--by", "driver", "-o", "ndjson", write("late.csv") { $0 < 3 ? "" : "ann" }])
    #expect(late.lines.count == 1 && late.text.contains(#""driver_id":null"#))
    #expect(
      late.messages.contains("late.csv:5: the driver is ann from here on; all trips of the track count for nobody"))
    let two = try Command(["score", "--by", "driver", "-o", "ndjson", write("two.csv") { $0 < 50 ? "ann" : "bob" }])
    #expect(two.lines.count == 1 && two.text.contains(#""driver_id":"ann""#))
    #expect(
      two.messages.contains("two.csv:52: the driver is bob from here on; all trips of the track count for ann"),
      "\(two.messages)")
    #expect(two.messages.contains("1 driver-changes"))
    let nobody = try Command(["score", "--by", "driver", "-o", "ndjson", write("none.csv") { _ in "" }])
    #expect(nobody.text.contains(#""driver_id":null"#), "\(nobody.text)")
  }

  @Test func `rows in the wrong order are sorted in where that is asked for`() throws {
    let folder = try TemporaryFolder()
    let rows = try track()
    let text = ([rows[0]] + rows.dropFirst().reversed()).joined(separator: "\n") + "\n"
    try text.write(toFile: folder.path("newest-first.csv"), atomically: true, encoding: .utf8)
    try (rows.joined(separator: "\n") + "\n").write(
      toFile: folder.path("sorted.csv"), atomically: true, encoding: .utf8)
    let arguments = ["score", "-o", "csv", "--reorder-window", "31536000"]
    let plain = try Command(["score", "-o", "csv", folder.path("newest-first.csv")])
    #expect(plain.messages.contains("give files in the order of their times"), "\(plain.messages)")
    let sorted = try Command(arguments + [folder.path("sorted.csv")])
    let reversed = try Command(arguments + [folder.path("newest-first.csv")])
    #expect(
      sorted.lines.count > 1 && reversed.lines.count == sorted.lines.count && plain.lines.count < sorted.lines.count)
    let distance = try #require(sorted.lines[0].split(separator: ",").firstIndex(of: "distance_m"))
    for (one, other) in zip(sorted.lines, reversed.lines) {
      let fields = [one, other].map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(fields[0][distance] == fields[1][distance])
    }
  }

  /// The header and the rows of one recorded drive, as `tracks export` writes them, without a driver.
  private func track() throws -> [String] {
    let export = try Command(["tracks", "export", SharedData.path(Self.city), "-o", "csv"])
    let names = try #require(export.lines.first).split(separator: ",")
    let (id, driver) = (try #require(names.firstIndex(of: "track_id")), try #require(names.firstIndex(of: "driver_id")))
    let rows = export.lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let first = try #require(rows.first)[id]
    func line(_ fields: [Substring]) -> String {
      fields.enumerated().filter { $0.offset != driver }.map { String($0.element) }.joined(separator: ",")
    }
    return [line(names)] + rows.prefix { $0[id] == first }.map(line)
  }

  @Test func `trips are those of the profile`() throws {
    let trucks = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    let counts = try ["fleet", "traccar", "movingpandas"].map { try records([trucks, "--profile", $0]).count }
    #expect(counts == [500, 289, 326])
    let other = try Command(["score", trucks, "--profile", "tile38"])
    #expect(other.status == 64 && other.messages.contains("movingpandas"))
  }

  @Test func `the result does not depend on the number of engines`() throws {
    let one = try Command(["score", SharedData.path(Self.city), "-o", "csv", "--jobs", "1"])
    let three = try Command(["score", SharedData.path(Self.city), "-o", "csv", "--jobs", "3"])
    #expect(one.text == three.text && one.lines.count == 11)
  }

  @Test func `from and to choose trips by their start`() throws {
    let september = try records([SharedData.path(Self.city), "--from", "2019-09-01", "--to", "2019-10-01"])
    #expect(september.count == 8)
    #expect(september.allSatisfy { ($0["start"] as? String)?.hasPrefix("2019-09") ?? false })
    #expect(try records([SharedData.path(Self.city), "--to", "2019-08-26T22:17:27Z"]).isEmpty)
  }

  @Test func `nights by local time, limits of the command and of fences`() throws {
    // 23:00 to 04:00 in Curitiba is 02:00 to 07:00 in UTC: nobody drove then. In Prague it is 21:00 to 02:00.
    let city = try SharedData.path(Self.city)
    let home = try records([city, "--time-zone", "America/Sao_Paulo"])
    let away = try records([city, "--time-zone", "Europe/Prague"])
    #expect(home.allSatisfy { $0["night_s"] as? Double == 0 })
    #expect(try records([city]).allSatisfy { $0["night_s"] is NSNull })
    #expect(away.contains { $0["night_s"] as? Double ?? 0 > 600 })
    let folder = try TemporaryFolder()
    let fences = folder.path("zone.geojson")
    let zone = """
      {"type":"Feature","id":"slow","properties":{"maxspeed":"10"},"geometry":{"type":"Polygon","coordinates":
      [[[-50,-26],[-48,-26],[-48,-25],[-50,-25],[-50,-26]]]}}
      """
    try Data(zone.utf8).write(to: URL(fileURLWithPath: fences))
    let general = try records([city, "--speed-limit", "10"])
    let fenced = try records([city, "--fences", fences])
    #expect(general.count == 10 && fenced.count == 10)
    for (a, b) in zip(general, fenced) {
      // What was driven up to the first fix inside has no limit of the fence.
      #expect(abs((a["overspeed_s"] as? Double ?? 0) - (b["overspeed_s"] as? Double ?? -100)) <= 2, "\(a) \(b)")
      #expect(a["overspeed_share"] as? Double ?? 0 > 0.3)
    }
  }

  @Test func `a fleet's own norms are measured and read`() throws {
    let run = try Command(["score", "calibrate", SharedData.path(Self.city)])
    #expect(run.status == 0 && run.messages.contains("above 90 km/h"), "\(run.messages)")
    let norms = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    // The figures that are shipped rest on these drives.
    #expect(abs((norms["slow_mps2"] as? Double ?? 0) - 0.27) < 0.01)
    #expect(abs((norms["medium_mps2"] as? Double ?? 0) - 0.19) < 0.005)
    #expect(norms["fast_mps2"] as? Double == 0.1 && norms["trips"] as? Int == 10)
    let folder = try TemporaryFolder()
    let path = folder.path("norms.json")
    try run.output.write(to: URL(fileURLWithPath: path))
    #expect(try records([SharedData.path(Self.city), "--norms", path]).count == 10)
    for (text, message) in [
      ("{}", "is no file of norms"),
      (#"{"slow_mps2":0,"medium_mps2":1,"fast_mps2":1,"best":1,"worst":2}"#, "make no sense"),
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let refused = try Command(["score", SharedData.path(Self.city), "--norms", path])
      #expect(refused.status == 65 && refused.messages.contains(message) && refused.messages.contains("norms.json"))
    }
    let missing = try Command(["score", SharedData.path(Self.city), "--norms", folder.path("none.json")])
    #expect(missing.status == 66)
  }

  /// Kills the job as soon as it has kept a new state, over and over, until it comes to its end.
  @Test(arguments: ["trip", "vehicle"]) func `killed again and again it writes the same as if never`(by: String) throws
  {
    let folder = try TemporaryFolder()
    let inputs = try [SharedData.path("tracks/car_world_kubicka_1hz.csv.gz"), SharedData.path(Self.city)]
    let options = ["score"] + inputs + ["--by", by, "-o", "csv", "--jobs", "2"]
    let whole = try Command(options)
    let (state, output) = (folder.path("job.state"), folder.path("scores.csv"))
    let resumable = options + ["-O", output, "--resume", state, "--checkpoint", "10000"]
    var kills = 0
    while true {
      let process = Process()
      process.executableURL = Command.executable
      process.arguments = resumable
      let before = try? Data(contentsOf: URL(fileURLWithPath: state))
      try process.run()
      while process.isRunning, (try? Data(contentsOf: URL(fileURLWithPath: state))) == before {}
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      if process.terminationReason == .exit {
        #expect(process.terminationStatus == 0)
        break
      }
      kills += 1
      try #require(kills < 1000)
    }
    #expect(kills > 5)
    #expect(try String(contentsOfFile: output, encoding: .utf8) == whole.text)
    let again = try Command(resumable)
    #expect(again.status == 0 && again.messages.contains("the job is done"))
    try FileManager.default.removeItem(atPath: output)
    let gone = try Command(resumable)
    #expect(
      gone.status == 66 && gone.messages.contains("is gone, and the job that wrote it is done"), "\(gone.messages)")
    let other = try Command(resumable + ["--speed-limit", "50"])
    #expect(other.status == 65 && other.messages.contains("belongs to a job with other inputs or options"))
    let over = try Command(options + ["-O", inputs[0]])
    #expect(over.status == 64 && over.messages.contains("would be written over"))
    let both = try Command(options + ["-O", state, "--resume", state])
    #expect(both.status == 64 && both.messages.contains("two outputs cannot be one file"))
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: state))
    let broken = try Command(resumable)
    #expect(broken.status == 65 && broken.messages.contains("is no state of a job"))
  }

  @Test func `a job that has ended with an error does not succeed when it is given again`() throws {
    let folder = try TemporaryFolder()
    let (state, output) = (folder.path("job.state"), folder.path("scores.csv"))
    let arguments = [
      "score", try SharedData.path(Self.city), folder.path("none.csv"), "-o", "csv", "-O", output, "--resume", state,
    ]
    for run in [try Command(arguments), try Command(arguments)] { #expect(run.status == 66, "\(run.messages)") }
    #expect(try Command(arguments).messages.contains("the job has ended with status 66; remove"))
  }

  @Test(arguments: [
    ["--speed-limit", "0"], ["--time-zone", "Europe/Atlantis"], ["--from", "yesterday"], ["--by", "colour"],
    ["--vehicle-class", "boat"], ["--resume", "state"], ["-O", "scores.csv"], ["-o", "csv", "--resume", "s"],
  ])
  func `wrong usage ends with 64`(arguments: [String]) throws {
    #expect(try Command(["score", SharedData.path(Self.city)] + arguments).status == 64)
  }

  @Test func `the table says what was lost for what, and all in all`() throws {
    let run = try Command(["score", SharedData.path(Self.city)])
    #expect(run.lines.first?.hasPrefix("TRACK") ?? false)
    #expect(run.text.contains("speeding 1") && run.text.contains("shorter than 5 km"))
    #expect(run.text.contains("10 trips over 111.5 km, score 7"))
  }
}
