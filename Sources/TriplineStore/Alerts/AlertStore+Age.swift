import GRDB

extension AlertStore {
  /// Rows of a table that go at once, at most: who writes beside it waits no longer than for these.
  private static let portion = 5000
  /// The same of blocks of traces, each of which is many pages.
  private static let blockPortion = 50
  /// The same of alerts, each of which has rows in several tables.
  private static let alertPortion = 500

  /// Removes a portion of what is over and older than it is to be kept: times in milliseconds UTC before which alerts, and traces, go.
  /// What is still to be delivered stays, and so do the last numbers, so that none is given out twice.
  ///
  /// - Returns: whether there may be more.
  @discardableResult
  public func prune(alertsBefore alerts: Int64, tracesBefore traces: Int64) throws -> Bool {
    try write { database in
      var isMore = false
      // What a block tells of the journal has to stay until the state of its shard tells more.
      for (table, condition, portion) in [
        (
          "trace", "last < ? AND trace.journal <= (SELECT shard.journal FROM shard WHERE shard.number = trace.shard)",
          Self.blockPortion
        ),
        ("dropped", "at < ?", Self.portion),
      ] {
        try database.execute(
          sql: "DELETE FROM \(table) WHERE rowid IN (SELECT rowid FROM \(table) WHERE \(condition) LIMIT ?)",
          arguments: [traces, portion])
        isMore = isMore || database.changesCount == portion
      }
      try database.execute(sql: "DELETE FROM silence WHERE ends_at < ?", arguments: [alerts])
      try database.execute(sql: "DELETE FROM alert_group WHERE at < ?", arguments: [traces])
      let deliveries = try Int64.fetchAll(
        database,
        sql: """
          SELECT number FROM delivery WHERE concluded_at < ? AND number < (SELECT max(number) FROM delivery) LIMIT ?
          """, arguments: [alerts, Self.portion])
      for number in deliveries {
        try database.cachedStatement(sql: "DELETE FROM attempt WHERE delivery = ?").execute(arguments: [number])
        try database.cachedStatement(sql: "DELETE FROM delivery WHERE number = ?").execute(arguments: [number])
      }
      let removed = try removeAlerts(before: alerts, database)
      return isMore || deliveries.count == Self.portion || removed == Self.alertPortion
    }
  }

  private func removeAlerts(before time: Int64, _ database: Database) throws -> Int {
    let ids = try String.fetchAll(
      database,
      sql: """
        SELECT id FROM alert WHERE resolved_at < ? AND is_settled = 1 AND id NOT IN (
          SELECT alert FROM event WHERE number = (SELECT max(number) FROM event) OR number IN (
            SELECT value FROM delivery, json_each(delivery.events) WHERE state <> 'delivered'))
        LIMIT ?
        """, arguments: [time, Self.alertPortion])
    for id in ids {
      for table in ["event", "hold", "told"] {
        try database.cachedStatement(sql: "DELETE FROM \(table) WHERE alert = ?").execute(arguments: [id])
      }
      try database.cachedStatement(sql: "DELETE FROM alert WHERE id = ?").execute(arguments: [id])
    }
    return ids.count
  }
}
