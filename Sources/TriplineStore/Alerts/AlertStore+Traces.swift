import Foundation
import GRDB
public import TriplineAlerts
import TriplineCore

/// Traces that are young stand beside the journal, with those of all vehicles that came at once; then in blocks, with those of the
/// vehicles of one shard.
extension AlertStore {
  /// What rules made of a vehicle's fixes within a time, in milliseconds UTC, in their order.
  ///
  /// - Parameters:
  ///   - number: the vehicle's number.
  ///   - times: the time.
  ///   - rule: only what this rule made of them.
  ///   - fence: only what concerns this fence.
  /// - Complexity: O(traces within the time of a 128th of the vehicles, and those of all vehicles of the last minutes).
  public func traces(
    ofVehicle number: UInt32, in times: ClosedRange<Int64>, rule: String? = nil, fence: String? = nil
  ) throws -> [AlertEngine.Trace] {
    var traces: [AlertEngine.Trace] = []
    try read { database in
      let shard = AlertEngine.shard(of: number)
      func take(_ body: Data) throws {
        traces += try block(body).filter { trace in
          trace.vehicle == number && times.contains(trace.decision.time) && (rule ?? trace.rule) == trace.rule
            && (fence ?? trace.fence) == trace.fence
        }
      }
      let blocks = try Data.fetchCursor(
        database,
        sql: "SELECT body FROM trace WHERE shard = ? AND last >= ? AND first <= ? ORDER BY journal",
        arguments: [shard, times.lowerBound, times.upperBound])
      while let body = try blocks.next() { try take(body) }
      let rows = try Data.fetchCursor(
        database, sql: "SELECT body FROM young_trace WHERE journal > ? ORDER BY journal",
        arguments: [try Self.lastTraced(shard, database)])
      while let body = try rows.next() { try take(body) }
    }
    return traces.enumerated().sorted { ($0.element.decision.time, $0.offset) < ($1.element.decision.time, $1.offset) }
      .map(\.element)
  }

  private func block(_ body: Data) throws -> [AlertEngine.Trace] {
    do {
      return try TraceBlock.traces(in: [UInt8](body))
    } catch {
      throw StoreError(.damaged, "\(path): what is kept of decisions is damaged. Restore a copy of the file.")
    }
  }

  /// The traces of each shard that are in no block yet.
  ///
  /// - Throws: `StoreError`.
  /// - Complexity: O(traces of the last minutes).
  public func youngTraces() throws -> [[AlertEngine.Trace]] {
    var young = [[AlertEngine.Trace]](repeating: [], count: AlertEngine.shardCount)
    try read { database in
      let last = try young.indices.map { try Self.lastTraced($0, database) }
      let rows = try Row.fetchCursor(
        database, sql: "SELECT journal, body FROM young_trace ORDER BY journal")
      while let row = try rows.next() {
        let number: Int64 = row["journal"]
        for trace in try block(row["body"]) {
          let shard = AlertEngine.shard(of: trace.vehicle)
          if number > last[shard] { young[shard].append(trace) }
        }
      }
    }
    return young
  }

  /// The last row of the journal whose traces of a shard stand in blocks.
  private static func lastTraced(_ shard: Int, _ database: Database) throws -> Int64 {
    try Int64.fetchOne(
      database,
      sql: """
        SELECT max(coalesce((SELECT journal FROM shard WHERE number = ?1), 0),
          coalesce((SELECT max(journal) FROM trace WHERE shard = ?1), 0))
        """, arguments: [shard]) ?? 0
  }
}
