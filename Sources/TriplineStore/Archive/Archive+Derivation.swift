import GRDB
import TriplineCore
import TriplineFormats

extension Archive {
  /// Finds the trips, stops and visits of every track whose fixes or whose account's fences have changed since it was done last,
  /// as `tripline replay` and `tripline score` find them in an archive, by the definitions of the profile `fleet`. What is
  /// killed has done some of the tracks.
  ///
  /// - Throws: `StoreError`.
  func derive() throws {
    let key = try read(Self.derivationKey)
    let tracks = try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT id, vehicle, first_fix, last_fix FROM track WHERE fix_count > 0 AND derived IS NOT ? ORDER BY id",
        arguments: [key])
    }
    guard !tracks.isEmpty else { return }
    var engine = Engine(fences: try fenceSet(), configuration: Self.definitions)
    var events = EventBuffer()
    for start in stride(from: 0, to: tracks.count, by: Self.tracksAtOnce) {
      try write { database in
        for track in tracks[start..<min(start + Self.tracksAtOnce, tracks.count)] {
          let number: Int64 = track["id"]
          let fixes = try Self.fixes(
            of: number, vehicle: track["vehicle"], from: track["first_fix"], to: track["last_fix"], database)
          engine.process(fixes.span, into: &events)
          engine.finish(into: &events)
          try Self.removeDerived(of: number, database)
          try Self.keep(events.events, of: number, engine.fences, database)
          try database.execute(sql: "UPDATE track SET derived = ? WHERE id = ?", arguments: [key, number])
          events.removeAll()
        }
      }
    }
  }

  /// Tracks of one transaction.
  private static let tracksAtOnce = 64

  private static let definitions: Engine.Configuration = {
    var configuration = Engine.Configuration(.fleet)
    configuration.scoring = ScoringParameters()
    return configuration
  }()

  /// What the derived rows depend on besides the fixes: the version of this code, and the account's fences, by FNV-1a.
  private static func derivationKey(_ database: Database) throws -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let fences = try String.fetchAll(
      database,
      sql: """
        SELECT remote_id || '|' || coalesce(latitude, '') || '|' || coalesce(longitude, '') || '|'
          || coalesce(radius, '') || '|' || coalesce(ring, '') FROM geofence ORDER BY remote_id
        """)
    for byte in fences.joined(separator: "\n").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "1-\(String(hash, radix: 16))"
  }

  /// The account's fences, without those that are no shapes.
  private func fenceSet() throws -> FenceSet {
    do throws(FormatError) {
      var problems: [FenceError] = []
      return FenceSet(try FenceReader().read(InputFile(path: path)).fences, problems: &problems)
    } catch {
      throw StoreError(.damaged, "the fences of \(path) cannot be read: \(error.message)")
    }
  }

  private static func fixes(
    of track: Int64, vehicle: Int64, from first: Int64, to last: Int64, _ database: Database
  ) throws -> [Fix] {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT time, latitude, longitude, altitude, speed, bearing, accuracy FROM fix
        WHERE vehicle = ? AND time BETWEEN ? AND ? AND track = ? ORDER BY time, copy
        """, arguments: [vehicle, first, last, track])
    var fixes: [Fix] = []
    func scaled(_ row: Row, _ column: Int, _ divisor: Float) -> Float? {
      (row[column] as Int64?).map { Float($0) / divisor }
    }
    while let row = try rows.next() {
      let (latitude, longitude): (Int64, Int64) = (row[1], row[2])
      fixes.append(
        Fix(
          vehicle: 0, time: row[0], latitude: Double(latitude) / 1e7, longitude: Double(longitude) / 1e7,
          speed: scaled(row, 4, 100), course: scaled(row, 5, 10), altitude: scaled(row, 3, 10),
          accuracy: scaled(row, 6, 10), sequence: UInt32(fixes.count + 1)))
    }
    return fixes
  }

  /// Removes what follows from the fixes of a track.
  static func removeDerived(of track: Int64, _ database: Database) throws {
    for table in ["trip", "stop", "visit"] {
      try database.execute(sql: "DELETE FROM \(table) WHERE track = ?", arguments: [track])
    }
  }

  private static func keep(_ events: [Event], of track: Int64, _ fences: FenceSet, _ database: Database) throws {
    for event in events {
      switch event {
      case .trip(let trip): try keep(trip, of: track, database)
      case .stop(let step) where step.phase == .ended: try keep(step.stop, of: track, database)
      case .visit(let visit): try keep(visit, of: track, fences, database)
      case .score(let score):
        try database.execute(
          sql: "UPDATE trip SET driving_score = ?, data_quality = ? WHERE track = ? AND start_time = ?",
          arguments: [score.driving.value, score.quality.value, track, score.start])
      default: break
      }
    }
  }

  private static func scaled(_ degrees: Double) -> Int64 { Int64((degrees * 1e7).rounded()) }

  private static func keep(_ trip: Trip, of track: Int64, _ database: Database) throws {
    let speed = trip.maximumSpeed.map(Double.init)
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO trip VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)"
    ).execute(arguments: [
      track, trip.start, trip.end, scaled(trip.startCoordinate.latitude), scaled(trip.startCoordinate.longitude),
      scaled(trip.endCoordinate.latitude), scaled(trip.endCoordinate.longitude), trip.distance, trip.gapDistance,
      trip.moving, trip.stationary, trip.gap, speed, Int64(trip.fixes), Int64(trip.pauses),
    ])
  }

  private static func keep(_ stop: Stop, of track: Int64, _ database: Database) throws {
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO stop VALUES (?, ?, ?, ?, ?, ?, ?, ?)").execute(
      arguments: [
        track, stop.start, stop.end, stop.kind.name, scaled(stop.coordinate.latitude),
        scaled(stop.coordinate.longitude),
        stop.radius, Int64(stop.fixes),
      ])
  }

  private static func keep(_ visit: Visit, of track: Int64, _ fences: FenceSet, _ database: Database) throws {
    let speed = visit.maximumSpeed.map(Double.init)
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      track, fences.id(of: visit.fence), visit.enterTime, visit.exitTime, visit.wasInsideAtStart, visit.wasInsideAtEnd,
      visit.distance, visit.moving, visit.stopped, visit.gap, speed, Int64(visit.fixes), Int64(visit.stops),
    ])
  }
}
