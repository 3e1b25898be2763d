import Foundation
import Testing
import TriplineTesting

/// `tripline report`; how its pages look is what `Scripts/test report` tests, in a browser.
@Suite struct ReportTests {
  private static let city = "tracks/car_curitiba_ndsbr_1hz.csv.gz"

  /// Synthetic: so many trips of two minutes, 10 s between fixes, with stops of ten minutes in between.
  private func drives(_ trips: Int) -> String {
    var rows = ["time,lat,lon"]
    var (second, latitude) = (0, 50.0)
    func row() {
      let clock = String(
        format: "2026-11-%02dT%02d:%02d:%02dZ", 1 + second / 86_400, second / 3600 % 24, second / 60 % 60, second % 60)
      rows.append("\(clock),\(latitude),14.4")
      second += 10
    }
    for _ in 0..<trips {
      for _ in 0..<60 { row() }
      for _ in 0..<12 {
        latitude += 0.001
        row()
      }
    }
    for _ in 0..<60 { row() }
    return rows.joined(separator: "\n") + "\n"
  }

  @Test(.enabled(if: SharedData.isPresent)) func `of several tracks one has to be chosen`() throws {
    let run = try Command(["report", "trip", SharedData.path(Self.city)])
    #expect(run.status == 65 && run.output.isEmpty)
    #expect(run.messages.contains("--track") && run.messages.contains("A05 of vehicle A"))
    let other = try Command(["report", "trip", SharedData.path(Self.city), "--track", "none"])
    #expect(other.status == 65 && other.messages.contains("no such track"))
  }

  @Test(.enabled(if: SharedData.isPresent)) func `a part of a track scores as in the whole`() throws {
    let track = ["report", "trip", try SharedData.path("tracks/phone_sfbay_mobilitynet.csv.gz")]
    let name = ["--track", "unimodal_trip_car_bike_mtv_la:ucb-sdb-android-1:1564274314"]
    let whole = try Command(track + name)
    let part = try Command(track + name + ["--from", "2019-07-28T01:30:00Z"])
    #expect(whole.status == 0 && part.status == 0, "\(whole.messages)\(part.messages)")
    func sections(_ page: String) -> [Substring] {
      page.split(separator: "<section class=\"trip\"").dropFirst().map {
        $0[..<($0.range(of: "</section>")?.lowerBound ?? $0.endIndex)]
      }
    }
    let (all, last) = (sections(whole.text), sections(part.text))
    #expect(all.count == 2 && last.count == 1)
    #expect(last[0].replacing("trip-1", with: "trip-2").replacing("rip 1", with: "rip 2") == all[1])
  }

  @Test func `more trips than a page holds are refused, and a part is not`() throws {
    let run = try Command(["report", "trip"], content: drives(70), named: "drives.csv")
    #expect(run.status == 65 && run.messages.contains("70 trips") && run.messages.contains("--from"))
    let part = try Command(
      ["report", "trip", "--to", "2026-11-01T04:00:00Z"], content: drives(70), named: "drives.csv")
    #expect(part.status == 0 && part.output.count < 1_000_000)
    let fleet = try Command(["report", "fleet"], content: drives(70), named: "drives.csv")
    #expect(fleet.status == 0 && fleet.text.contains("70 trips from"))
  }

  @Test func `where there is nothing to report it says so`() throws {
    let late = ["report", "trip", "--from", "2027-01-01"]
    let run = try Command(late, content: drives(2), named: "drives.csv")
    #expect(run.status == 65 && run.messages.contains("no trip, stop or way in that time"))
    let fleet = try Command(["report", "fleet", "--from", "2027-01-01"], content: drives(2), named: "drives.csv")
    #expect(fleet.status == 65 && fleet.messages.contains("no trip to report"))
  }

  @Test func `times are in the zone that is asked for`() throws {
    let run = try Command(["report", "trip", "--time-zone", "Asia/Kolkata"], content: drives(1), named: "drives.csv")
    #expect(run.text.contains("time zone Asia/Kolkata") && run.text.contains("2026-11-01 05:30:00"))
    let utc = try Command(["report", "trip"], content: drives(1), named: "drives.csv")
    #expect(utc.text.contains("time zone UTC") && utc.text.contains("2026-11-01 00:00:00"))
  }

  @Test func `where clocks are changed on the way, there and back, times have their offset beside them`() throws {
    let months = ["01", "07", "12"].flatMap { month in
      (0..<60).map { "2026-\(month)-10T08:\($0 < 10 ? "0" : "")\($0):00Z,\(50 + 0.001 * Double($0)),14.4" }
    }
    let csv = (["time,lat,lon"] + months).joined(separator: "\n")
    let run = try Command(["report", "trip", "--time-zone", "Europe/Prague"], content: csv, named: "year.csv")
    #expect(run.text.contains("09:00:00+01:00") && run.text.contains("10:00:00+02:00"))
    let month = (["time,lat,lon"] + months.prefix(60)).joined(separator: "\n")
    let one = try Command(["report", "trip", "--time-zone", "Europe/Prague"], content: month, named: "month.csv")
    #expect(one.text.contains("09:00:00") && !one.text.contains("+01:00"))
  }

  @Test func `the file that is read is not written over`() throws {
    let run = try Command(["report", "trip", fixture("drive.gpx"), "-O", fixture("drive.gpx")])
    #expect(run.status == 64 && run.messages.contains("written over"))
  }

  @Test func `without the folder beside it the program says what is missing`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.path("tripline")
    try FileManager.default.copyItem(atPath: Command.executable.path, toPath: copy)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: copy)
    process.arguments = ["report", "trip", fixture("drive.gpx")]
    process.standardOutput = try folder.writing(to: folder.path("output"))
    process.standardError = try folder.writing(to: folder.path("messages"))
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 66)
    #expect(try String(contentsOfFile: folder.path("messages"), encoding: .utf8).contains("beside the program"))
  }
}
