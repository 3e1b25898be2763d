import GRDB

extension AlertStore {
  /// The sinks of the configuration, and those that something was to be told to before, each with whether it wants something.
  public func sinks() throws -> [String: SinkState] {
    try read { database in
      // From one name to the next: there are few of them, and many deliveries.
      let names = try String.fetchAll(
        database,
        sql: """
          WITH RECURSIVE name (sink) AS (
            SELECT min(sink) FROM delivery
            UNION ALL SELECT (SELECT min(sink) FROM delivery WHERE sink > name.sink) FROM name WHERE sink IS NOT NULL)
          SELECT sink FROM name WHERE sink IS NOT NULL
          """)
      var sinks = Dictionary(uniqueKeysWithValues: names.map { ($0, SinkState()) })
      for row in try Row.fetchAll(database, sql: "SELECT * FROM sink") {
        var state = SinkState()
        state.isDisabled = row["is_disabled"]
        state.pausedUntil = row["paused_until"]
        sinks[row["id"]] = state
      }
      return sinks
    }
  }
}
