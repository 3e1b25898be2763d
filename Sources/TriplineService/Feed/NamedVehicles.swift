import MyCarTracks
import TriplineAlerts

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
  /// else the one with the nearest id.
  static func unknown(_ named: Set<String>, in account: [Vehicle]) -> [Unknown] {
    let known = Set(account.map(\.id.text))
    return named.subtracting(known).sorted().enumerated().map { number, id in
      Unknown(id: id, nearest: number < mostGuessed ? nearest(to: id, in: account) : nil)
    }
  }

  /// Those of some groups in which no vehicle of the account is; none where the API does not say who is in which.
  static func empty(_ groups: [ResourceID], in account: [Vehicle]) -> [String] {
    let known = Set(account.flatMap(\.groupIDs))
    return known.isEmpty ? [] : Set(groups).subtracting(known).map(\.text).sorted()
  }

  private static func nearest(to id: String, in account: [Vehicle]) -> String? {
    let name = id.lowercased()
    if let vehicle = account.first(where: { $0.name?.lowercased() == name }) { return vehicle.id.text }
    return NearestName.of(id, among: account.lazy.map(\.id.text))
  }
}
