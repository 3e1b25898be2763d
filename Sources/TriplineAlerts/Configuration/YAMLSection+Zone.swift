import Foundation

extension YAMLSection {
  /// A time zone by its name of IANA.
  mutating func zone(_ key: String) throws(ConfigurationError) -> TimeZone? {
    guard let name = try text(key) else { return nil }
    guard let zone = TimeZone(identifier: name) else {
      throw error("there is no time zone \(name); the names are those of IANA, like Europe/Prague", at: key)
    }
    return zone
  }
}
