import MyCarTracks

/// Vehicles that a configuration names, held against those of the account.
enum NamedVehicles {
  /// Unknown vehicles of which it is looked what may have been meant, at most.
  static let mostGuessed = 20

  /// A vehicle that the account does not have.
  struct Unknown: Sendable, Hashable, CustomStringConvertible {
    /// The id by which it is named.
    var id: String
    /// The id that may have been meant.
    var nearest: String?

    /// The two, for people.
    var description: String { nearest.map { "\(id) (\($0)?)" } ?? id }
  }

  /// Those that the account does not have, by their ids. Where one is the name of a vehicle, that vehicle may have been meant,
  /// else the one with the nearest id, of which a third may be different.
  static func unknown(_ named: Set<String>, in account: [Vehicle]) -> [Unknown] {
    let known = Set(account.map(\.id.text))
    return named.subtracting(known).sorted().enumerated().map { number, id in
      Unknown(id: id, nearest: number < mostGuessed ? nearest(to: id, in: account) : nil)
    }
  }

  private static func nearest(to id: String, in account: [Vehicle]) -> String? {
    let name = id.lowercased()
    if let vehicle = account.first(where: { $0.name?.lowercased() == name }) { return vehicle.id.text }
    let letters = Array(name.utf8)
    var best: (id: String, distance: Int)?
    for vehicle in account {
      let most = min(best.map { $0.distance - 1 } ?? .max, letters.count / 3)
      guard most > 0 else { break }
      let other = Array(vehicle.id.text.lowercased().utf8)
      guard let distance = changes(from: letters, to: other, upTo: most) else { continue }
      best = (vehicle.id.text, distance)
    }
    return best?.id
  }

  /// How many letters have to be put in, left out or changed to make one text of another; `nil` where it is more than `most`.
  private static func changes(from one: [UInt8], to other: [UInt8], upTo most: Int) -> Int? {
    guard abs(one.count - other.count) <= most else { return nil }
    var row = Array(0...other.count)
    for (line, letter) in one.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, another) in other.enumerated() {
        let changed = diagonal + (letter == another ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
      }
      if row.allSatisfy({ $0 > most }) { return nil }
    }
    return row[other.count] <= most ? row[other.count] : nil
  }
}
