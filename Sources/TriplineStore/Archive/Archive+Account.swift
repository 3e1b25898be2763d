import Foundation
import GRDB
public import MyCarTracks

extension Archive {
  /// Makes an archive that of an account, or sees to it that it is.
  ///
  /// - Parameters:
  ///   - baseURL: where the account is.
  ///   - clientID: its client id.
  ///   - isSame: whether another client id is one of the same account.
  /// - Throws: `otherAccount` where it is that of another one, and other `StoreError`s.
  public func open(baseURL: String, clientID: String, isSame: Bool = false) throws {
    try write { database in
      guard let row = try Row.fetchOne(database, sql: "SELECT base_url, client_id FROM account") else {
        try database.execute(
          sql: "INSERT INTO account (id, base_url, client_id) VALUES (1, ?, ?)", arguments: [baseURL, clientID])
        return
      }
      let known: (url: String, client: String) = (row["base_url"], row["client_id"])
      guard known != (baseURL, clientID) else { return }
      guard isSame else {
        throw StoreError(
          .otherAccount,
          "\(path) is the archive of \(known.client) at \(known.url). Name another one with --archive; if it is the same account with new credentials, say so with --same-account."
        )
      }
      try database.execute(sql: "UPDATE account SET base_url = ?, client_id = ?", arguments: [baseURL, clientID])
    }
  }

  /// What the account's numbers mean, as far as that was found out, and when it was looked at last, in milliseconds UTC.
  ///
  /// - Throws: `StoreError`.
  public func units() throws -> (findings: UnitFindings, checked: Int64?) {
    let row = try read { try Row.fetchOne($0, sql: "SELECT units, units_checked FROM account") }
    return (Self.value(of: row?["units"]) ?? UnitFindings(), row?["units_checked"])
  }

  /// Keeps what the account's numbers mean, and whether there was enough just now to tell speeds by. Speeds that were read in
  /// another unit are made right.
  func keep(_ units: UnitFindings, areSpeedsVerified: Bool, at date: Int64) throws {
    let text = try Self.text(of: units)
    try write { database in
      let row = try Row.fetchOne(database, sql: "SELECT units, units_verified FROM account")
      let before: UnitFindings = Self.value(of: row?["units"]) ?? UnitFindings()
      try Self.convertSpeeds(from: before, to: units, verified: row?["units_verified"] ?? 0, database)
      if areSpeedsVerified { try database.execute(sql: "UPDATE account SET units_verified = ?", arguments: [date]) }
      try database.execute(sql: "UPDATE account SET units = ?, units_checked = ?", arguments: [text, date])
    }
  }

  /// Makes speeds right that were read in another unit than they are in.
  private static func convertSpeeds(
    from before: UnitFindings, to units: UnitFindings, verified: Int64, _ database: Database
  ) throws {
    guard before.speed != units.speed else { return }
    let one = Reading(value: 1)
    // What was verified was so then: the account's settings have changed since.
    let isChange = before.speedRatio != nil || before.speed == .written
    switch (before.speed(one), units.speed(one)) {
    case (let old?, let new?) where !isChange:
      try database.execute(sql: "UPDATE fix SET speed = round(speed * ?)", arguments: [new / old])
      try database.execute(sql: "UPDATE track SET derived = NULL")
    case (_?, nil) where units.speed == .written:
      // Those that had their unit with them were read by it.
      break
    case (_?, nil) where !isChange:
      try database.execute(sql: "UPDATE fix SET speed = NULL")
      try database.execute(sql: "UPDATE track SET derived = NULL")
    default:
      // What was not kept, or may have been read in the unit of before, is fetched once more, unless it was pruned.
      try database.execute(
        sql: """
          UPDATE track SET fetched_listing = NULL
          WHERE pruned = 0 AND (coalesce(end_time, start_time, 0) >= ? OR listed_at >= ?)
          """, arguments: isChange ? [verified - Sync.overlap, verified] : [0, 0])
    }
  }

  /// What was learned of the account.
  ///
  /// - Throws: `StoreError`.
  public func learned() throws -> LearnedSettings {
    Self.value(of: try read { try String.fetchOne($0, sql: "SELECT learned FROM account") }) ?? LearnedSettings()
  }

  /// Keeps what was learned of the account.
  func keep(_ learned: LearnedSettings) throws {
    let text = try Self.text(of: learned)
    try write { try $0.execute(sql: "UPDATE account SET learned = ?", arguments: [text]) }
  }

  /// What an older version wrote, and this one does not understand, is found out anew.
  private static func value<Value: Decodable>(of text: String?) -> Value? {
    text.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }

  private static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// When tracks were listed last, and when those of the last weeks all were, in milliseconds UTC; what lies in the future was
  /// noted by a clock that was wrong.
  func lastListings(before date: Int64) throws -> (any: Int64?, full: Int64?) {
    let row = try read { try Row.fetchOne($0, sql: "SELECT last_listing, last_full_listing FROM account") }
    let (any, full): (Int64?, Int64?) = (row?["last_listing"], row?["last_full_listing"])
    return (any.flatMap { $0 <= date ? $0 : nil }, full.flatMap { $0 <= date ? $0 : nil })
  }

  /// Vehicles of the account whose tracks have not all been listed.
  func vehiclesWithoutHistory(of vehicles: [Vehicle]) throws -> Set<ResourceID> {
    let known = Set(
      try read { try String.fetchAll($0, sql: "SELECT remote_id FROM vehicle WHERE history_listed IS NOT NULL") })
    return Set(vehicles.map(\.id).filter { !known.contains($0.text) })
  }

  /// Notes that all tracks of some vehicles were listed.
  func keepHistory(of vehicles: Set<ResourceID>, at date: Int64) throws {
    try write { database in
      for vehicle in vehicles {
        try database.execute(
          sql: "UPDATE vehicle SET history_listed = ? WHERE remote_id = ?", arguments: [date, vehicle.text])
      }
    }
  }

  /// Notes that tracks were listed. Of a full list, those of its time that were not in it are gone once more.
  func keepListing(at date: Int64, since: Int64?, isFull: Bool) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE account SET last_listing = ?, last_full_listing = iif(?, ?, last_full_listing)",
        arguments: [date, isFull, date])
      guard isFull else { return }
      try database.execute(
        sql: "UPDATE track SET gone = gone + 1 WHERE seen_at < ? AND coalesce(start_time, 0) >= ?",
        arguments: [date, since ?? 0])
    }
  }

  /// Keeps vehicles; one that is there takes the new name.
  func keep(_ vehicles: [Vehicle]) throws {
    try write { database in
      for vehicle in vehicles {
        try database.execute(
          sql: """
            INSERT INTO vehicle (remote_id, name, description, license_plate, is_active) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description,
              license_plate = excluded.license_plate, is_active = excluded.is_active
            """,
          arguments: [vehicle.id.text, vehicle.name, vehicle.description, vehicle.licensePlate, vehicle.isActive])
      }
      let listed = Set(vehicles.map(\.id.text))
      for id in try String.fetchAll(database, sql: "SELECT remote_id FROM vehicle WHERE history_listed IS NOT NULL")
      where !listed.contains(id) {
        // Once it is back all of its tracks are looked for: those of meanwhile were in no list.
        try database.execute(sql: "UPDATE vehicle SET history_listed = NULL WHERE remote_id = ?", arguments: [id])
      }
    }
  }

  /// Keeps the account's fences, and forgets those that are gone.
  func keep(_ fences: [Geofence]) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM geofence")
      for fence in fences {
        var (latitude, longitude, radius, ring): (Double?, Double?, Double?, String?) = (nil, nil, nil, nil)
        switch fence.shape {
        case .circle(let north, let east, let meters): (latitude, longitude, radius) = (north, east, meters)
        case .polygon(let corners):
          ring = "[" + corners.map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",") + "]"
        }
        try database.execute(
          sql: "INSERT INTO geofence (remote_id, name, latitude, longitude, radius, ring) VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [fence.id.text, fence.name, latitude, longitude, radius, ring])
      }
    }
  }
}
