import Foundation
import GRDB
public import MyCarTracks

extension Archive {
  /// The number of an account, which is added where it is not there.
  ///
  /// - Throws: `StoreError`.
  public func account(baseURL: String, clientID: String) throws -> AccountNumber {
    try write { database in
      try database.execute(
        sql: "INSERT INTO account (base_url, client_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        arguments: [baseURL, clientID])
      return try Int64.fetchOne(
        database, sql: "SELECT id FROM account WHERE base_url = ? AND client_id = ?", arguments: [baseURL, clientID])
        ?? 0
    }
  }

  /// What an account's numbers mean, as far as that was found out.
  ///
  /// - Throws: `StoreError`.
  public func units(of account: AccountNumber) throws -> UnitFindings? { try stored("units", of: account) }

  /// What was learned of an account.
  ///
  /// - Throws: `StoreError`.
  public func learned(of account: AccountNumber) throws -> LearnedSettings? { try stored("learned", of: account) }

  /// Keeps what was learned of an account.
  ///
  /// - Throws: `StoreError`.
  public func keep(_ learned: LearnedSettings, of account: AccountNumber) throws {
    let text = try Self.text(of: learned)
    try write { database in
      try database.execute(sql: "UPDATE account SET learned = ? WHERE id = ?", arguments: [text, account])
    }
  }

  private func stored<Value: Decodable>(_ column: String, of account: AccountNumber) throws -> Value? {
    let text = try read { database in
      try String.fetchOne(database, sql: "SELECT \(column) FROM account WHERE id = ?", arguments: [account])
    }
    // What an older version wrote, and this one does not understand, is found out anew.
    return text.flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
  }

  /// A value as it is kept.
  static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// When the account's tracks were listed last, and when those of the last weeks all were, in milliseconds UTC.
  func lastListings(of account: AccountNumber) throws -> (any: Int64?, full: Int64?) {
    try read { database in
      let row = try Row.fetchOne(
        database, sql: "SELECT last_listing, last_full_listing FROM account WHERE id = ?", arguments: [account])
      return (row?["last_listing"], row?["last_full_listing"])
    }
  }

  func keepListing(at date: Int64, isFull: Bool, of account: AccountNumber) throws {
    try write { database in
      try database.execute(
        sql: "UPDATE account SET last_listing = ?, last_full_listing = iif(?, ?, last_full_listing) WHERE id = ?",
        arguments: [date, isFull, date, account])
    }
  }

  /// Keeps vehicles; one that is there takes the new name.
  func keep(_ vehicles: [Vehicle], of account: AccountNumber) throws {
    try write { database in
      for vehicle in vehicles {
        try database.execute(
          sql: """
            INSERT INTO vehicle (account, remote_id, name, description, license_plate, is_active) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET name = excluded.name, description = excluded.description,
              license_plate = excluded.license_plate, is_active = excluded.is_active
            """,
          arguments: [
            account, vehicle.id.text, vehicle.name, vehicle.description, vehicle.licensePlate, vehicle.isActive,
          ])
      }
    }
  }

  /// Keeps the account's fences, and forgets those that are gone.
  func keep(_ fences: [Geofence], of account: AccountNumber) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM geofence WHERE account = ?", arguments: [account])
      for fence in fences {
        var (latitude, longitude, radius, ring): (Double?, Double?, Double?, String?) = (nil, nil, nil, nil)
        switch fence.shape {
        case .circle(let north, let east, let meters): (latitude, longitude, radius) = (north, east, meters)
        case .polygon(let corners):
          ring = "[" + corners.map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",") + "]"
        }
        try database.execute(
          sql: """
            INSERT INTO geofence (account, remote_id, name, latitude, longitude, radius, ring) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [account, fence.id.text, fence.name, latitude, longitude, radius, ring])
      }
    }
  }
}
