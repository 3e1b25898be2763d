import Foundation
import Testing
import TriplineFormats
import TriplineTesting

@testable import TriplineCore

@Suite struct FenceStatisticsTests {
  private func visit(_ vehicle: UInt32, _ fence: UInt32, _ enter: Int64, _ exit: Int64) -> Event {
    .visit(
      Visit(
        vehicle: vehicle, fence: fence, enterTime: enter, exitTime: exit,
        enterCoordinate: .init(latitude: 0, longitude: 0),
        exitCoordinate: .init(latitude: 0, longitude: 0), wasInsideAtStart: false, wasInsideAtEnd: false))
  }

  @Test func `counts, quantiles and ends of a fence's visits, by hand`() throws {
    var statistics = FenceStatistics(timeZone: .gmt)
    // 1 to 20 minutes, out of order, by two vehicles.
    let minutes: [Int64] = [7, 1, 20, 3, 2, 19, 5, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]
    statistics.add(
      minutes.map { visit(UInt32($0 % 2), 1, $0 * 10_000_000, $0 * 10_000_000 + $0 * 60_000) })
    let rows = statistics.rows(fenceCount: 3)
    #expect(rows.map(\.total.visits) == [0, 20, 0])
    #expect(rows[1].vehicles == 2)
    #expect(rows[1].total.medianDwell == 600_000 && rows[1].total.percentile95Dwell == 1_140_000)
    #expect(rows[1].total.totalDwell == 210 * 60_000)
    #expect(rows[1].firstEntry == 10_000_000 && rows[1].lastExit == 201_200_000)
    #expect(rows[1].total.driveThroughShare == 1)
    #expect(rows[0].total.medianDwell == nil && rows[0].firstEntry == nil && rows[0].total.driveThroughShare == nil)
    for parts in [rows[1].byHour, rows[1].byWeekday] {
      #expect(parts.reduce(0) { $0 + $1.visits } == 20)
      #expect(parts.reduce(0) { $0 + $1.totalDwell } == 210 * 60_000)
    }
    // Entries 10,000 s apart from 02:46 on the first day: the 7th is at 19:26, the only one of its hour.
    let hour = rows[1].byHour[19]
    #expect(hour.visits == 1 && hour.medianDwell == 7 * 60_000 && hour.percentile95Dwell == 7 * 60_000)
    #expect(rows[1].byHour[0].visits == 0 && rows[1].byHour[0].medianDwell == nil)
  }

  @Test func `weekdays and hours are those of the time zone, summer time included`() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Prague"))
    var statistics = FenceStatistics(timeZone: zone)
    // Sunday 2026-03-29 01:30 and 03:30 in Prague, an hour apart; and Monday 00:30, still Sunday in UTC.
    for time in ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T22:30:00Z"] {
      let milliseconds = Int64(try Date(time, strategy: .iso8601).timeIntervalSince1970 * 1000)
      statistics.add([visit(0, 0, milliseconds, milliseconds + 1000)])
    }
    let row = statistics.rows(fenceCount: 1)[0]
    #expect(row.byWeekday.map(\.visits) == [1, 0, 0, 0, 0, 0, 2])
    #expect(row.byHour[1].visits == 1 && row.byHour[3].visits == 1 && row.byHour[0].visits == 1)
  }

  /// Against the fence events of the same replay, fence by fence.
  @Test(.enabled(if: SharedData.isPresent))
  func `recorded buses visit fences as often as they start in them, enter and cross`() async throws {
    let input = try InputFile(path: SharedData.path("fences/dc_neighborhoods.geojson.gz"))
    let set = try FenceSet(FenceReader(idProperty: "name").read(input).fences)
    var statistics = FenceStatistics(timeZone: .gmt)
    var entries = Array(repeating: 0, count: set.count)
    var stopsInside = 0
    let tracks = try InputFile(path: SharedData.path("tracks/bus_dc_wmata_sparse.csv.gz"))
    let summary = try await Replay(fences: set, jobs: 2).run([tracks]) { events, _ in
      statistics.add(events)
      for event in events {
        if case .fence(let change) = event, [.start, .enter, .cross].contains(change.kind) {
          entries[Int(change.fence)] += 1
        }
        if case .stop(let step) = event, step.phase == .ended, step.stop.kind == .observed { stopsInside += 1 }
      }
    }
    let rows = statistics.rows(fenceCount: set.count)
    #expect(rows.map(\.total.visits) == entries)
    #expect(rows.reduce(0) { $0 + $1.total.visits } > 900 && summary.failures.isEmpty)
    #expect(
      stopsInside > 0 && rows.contains { $0.total.driveThroughs < $0.total.visits }
        && rows.contains { $0.total.driveThroughs > 0 })
  }
}
