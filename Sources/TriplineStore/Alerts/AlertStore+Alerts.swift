import Foundation
import GRDB
public import TriplineAlerts
import TriplineCore

extension AlertStore {
  /// An alert as it is kept.
  public struct StoredAlert: Sendable, Hashable {
    /// The alert.
    public var alert: Alert
    /// When it was written, in milliseconds UTC.
    public var recordedAt: Int64
  }

  /// Alerts that begin within a time, in milliseconds UTC, by their beginning.
  ///
  /// - Parameters:
  ///   - times: when they begin.
  ///   - rule: only those of a rule.
  ///   - vehicle: only those of a vehicle, by its id.
  ///   - isFiring: only those that fire, or only those that are resolved.
  ///   - limit: at most so many, the last ones.
  public func alerts(
    in times: Range<Int64>, rule: String? = nil, vehicle: String? = nil, isFiring: Bool? = nil, limit: Int = .max
  ) throws -> [StoredAlert] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM (SELECT * FROM alert WHERE starts_at >= ?1 AND starts_at < ?2 AND (?3 IS NULL OR rule = ?3)
            AND (?4 IS NULL OR vehicle = ?4) AND (?5 IS NULL OR (resolved_at IS NULL) = ?5)
            ORDER BY starts_at DESC, id DESC LIMIT ?6) ORDER BY starts_at, id
          """,
        arguments: [times.lowerBound, times.upperBound, rule, vehicle, isFiring, limit])
      return try rows.map { try stored($0) }
    }
  }

  /// An alert by its id, or by the beginning of it where no other begins so.
  public func alert(_ id: String) throws -> StoredAlert? {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM alert WHERE id >= ? AND id < ? LIMIT 2", arguments: [id, id + "~"])
      if let exact = rows.first(where: { $0["id"] == id }) { return try stored(exact) }
      return rows.count == 1 ? try stored(rows[0]) : nil
    }
  }

  private func stored(_ row: Row) throws -> StoredAlert {
    StoredAlert(
      alert: try StoredJSON.value(Alert.self, row["body"], in: path), recordedAt: row["recorded_at"])
  }

  /// The alerts of which somebody may have to be told more, as the notification machine goes on with them.
  public func standing() throws -> [NotificationMachine.Standing] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT alert.id AS id, alert.body AS body, event.number AS number, event.recorded_at AS at,
            over.number AS over_number, over.recorded_at AS over_at
          FROM alert INDEXED BY alert_open CROSS JOIN event ON event.alert = alert.id AND event.is_firing
          LEFT JOIN event AS over ON over.alert = alert.id AND NOT over.is_firing
          WHERE alert.is_settled = 0 ORDER BY event.number
          """
      ).map { row in
        var alert = try StoredJSON.value(Alert.self, row["body"], in: path)
        alert.resolvedAt = nil
        var standing = NotificationMachine.Standing(
          alert, number: UInt64(row["number"] as Int64), takenAt: row["at"])
        if let number = row["over_number"] as Int64?, let at = row["over_at"] as Int64? {
          standing.resolution = NotificationMachine.Standing.Resolution(number: UInt64(number), takenAt: at)
        }
        for told in try Row.fetchAll(database, sql: "SELECT * FROM told WHERE alert = ?", arguments: [alert.id]) {
          let receiver: String = told["receiver"]
          standing.told[receiver] = told["at"]
          if told["is_over"] { standing.concluded.insert(receiver) }
        }
        standing.reasons = try String.fetchSet(
          database, sql: "SELECT reason FROM hold WHERE alert = ?", arguments: [alert.id])
        return standing
      }
    }
  }

  /// When each group of alerts had its last message since a time, in milliseconds UTC, by its key.
  public func groups(since time: Int64) throws -> [String: Int64] {
    try read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT key, at FROM alert_group WHERE at >= ?", arguments: [time])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["key"], $0["at"]) })
    }
  }

  // MARK: Why

  /// Events of an alert, in their order.
  public func events(ofAlert id: String) throws -> [(event: AlertBatch.Event, recordedAt: Int64)] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM event WHERE alert = ? ORDER BY number", arguments: [id])
        .map { (Self.event($0), $0["recorded_at"]) }
    }
  }

  /// Deliveries that events are in.
  public func deliveries(ofEvents numbers: [UInt64]) throws -> [Delivery] {
    guard let first = numbers.min() else { return [] }
    let list = try StoredJSON.text(numbers)
    return try read { database in
      // What an event is told by is decided with it or later.
      let since = try Int64.fetchOne(
        database, sql: "SELECT recorded_at FROM event WHERE number = ?", arguments: [Int64(first)])
      return try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM delivery WHERE created_at >= ? AND EXISTS (
            SELECT 1 FROM json_each(delivery.events) AS told WHERE told.value IN (SELECT value FROM json_each(?)))
          ORDER BY number
          """, arguments: [since ?? 0, list]
      ).map { try Self.delivery($0, in: path) }
    }
  }

  /// Why somebody was not told of an alert, and since when, in milliseconds UTC.
  public func holds(ofAlert id: String) throws -> [(at: Int64, reason: String)] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT at, reason FROM hold WHERE alert = ? ORDER BY at, reason", arguments: [id]
      )
      .map { ($0["at"], $0["reason"]) }
    }
  }

  /// Fixes of a vehicle that came to nothing, of times within a range in milliseconds UTC: the code of the reason, and when they
  /// came.
  public func dropped(
    ofVehicle number: UInt32, in times: ClosedRange<Int64>
  ) throws -> [(time: Int64, reason: String, at: Int64)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT time, reason, at FROM dropped WHERE vehicle = ? AND time BETWEEN ? AND ? ORDER BY time, rowid",
        arguments: [number, times.lowerBound, times.upperBound]
      ).map { ($0["time"], $0["reason"], $0["at"]) }
    }
  }
}

extension AlertStore {
  /// The number of the last event that was written before a time, in milliseconds UTC; 0 where there is none.
  public func lastEvent(before time: Int64) throws -> UInt64 {
    try read { database in
      UInt64(
        try Int64.fetchOne(database, sql: "SELECT max(number) FROM event WHERE recorded_at < ?", arguments: [time]) ?? 0
      )
    }
  }

  /// Events behind a number, at most a thousand, each with its alert as it was told.
  public func events(after number: UInt64) throws -> [(event: AlertBatch.Event, alert: Alert)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT event.*, alert.body AS body FROM event JOIN alert ON alert.id = event.alert
          WHERE event.number > ? ORDER BY event.number LIMIT 1000
          """, arguments: [Int64(number)]
      ).map { row in
        var alert = try StoredJSON.value(Alert.self, row["body"], in: path)
        let event = Self.event(row)
        if event.isFiring { alert.resolvedAt = nil }
        return (event, alert)
      }
    }
  }
}
