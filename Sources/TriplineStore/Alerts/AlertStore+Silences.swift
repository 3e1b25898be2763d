import GRDB
public import TriplineAlerts

extension AlertStore {
  /// The silences that are not over at a time in milliseconds UTC, or all, by their beginning.
  public func silences(after time: Int64 = .min) throws -> [Silence] {
    try read { database in
      try String.fetchAll(database, sql: "SELECT body FROM silence WHERE ends_at > ?", arguments: [time])
        .map { try StoredJSON.value(Silence.self, $0, in: path) }
        .sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
    }
  }

  /// Adds a silence, or changes the one with its id. A service that runs takes it up within seconds.
  public func keep(_ silence: Silence) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO silence (id, ends_at, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
            ends_at = excluded.ends_at, body = excluded.body
          """, arguments: [silence.id, silence.endsAt, try StoredJSON.text(silence)])
      try Self.signal(database)
    }
  }
}
