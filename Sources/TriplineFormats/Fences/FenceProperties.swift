import TriplineCore
import TriplineJSON

/// What a feature says of its fence beside its shape, whatever the format.
struct FenceProperties {
  private static let own: Set<String> = Set(
    ["radius", "width", "floor", "ceiling", "tags", "expires", "maxspeed"] + SpeedUnit.allCases.flatMap(\.limitNames))

  private static let names: Set<String> = ["id", "ID", "name", "NAME", "title"]

  private let place: FormatError.Place
  private var texts: [String: String] = [:]
  private var tags: Set<String>?
  /// Whether its tags are no words.
  private var isTagless = false

  /// The properties of KML and of well-known text, which are all text.
  init(_ data: [String: String], place: FormatError.Place) {
    self.place = place
    texts = data
  }

  /// The properties of GeoJSON.
  init(_ object: JSONObject?, place: FormatError.Place) {
    self.place = place
    guard let object else { return }
    for (key, value) in object {
      if key == "tags", let list = value.array {
        let words = list.map { $0.identifier.map(Self.normal) }
        tags = words.contains(nil) ? nil : Set(words.compactMap { $0 })
        if tags == nil { isTagless = true }
      } else if key == "tags", !value.isNull, value.string == nil {
        isTagless = true
      } else if let text = value.scalar {
        texts[key] = text
      } else if Self.own.contains(key), !value.isNull {
        texts[key] = value.brief
      }
    }
  }

  /// The sizes that it states, and others where it does not.
  func sizes(otherwise sizes: FenceSizes) throws(FormatError) -> FenceSizes {
    FenceSizes(radius: try meters("radius") ?? sizes.radius, width: try meters("width") ?? sizes.width)
  }

  /// The fence with a shape.
  func fence(id: String, name: String?, shape: Fence.Shape) throws(FormatError) -> Fence {
    if isTagless {
      throw FormatError(
        .badValue, "its tags are no words. Write a list of texts, or words apart by commas.", at: place)
    }
    let attributes = texts.filter { key, text in
      !Self.own.contains(key) && !(Self.names.contains(key) && (text == id || text == name))
    }
    return Fence(
      id: id, name: name, shape: shape, floor: try meters("floor"), ceiling: try meters("ceiling"),
      tags: tags ?? words("tags"), expires: try instant("expires"), speedLimit: try speedLimit(),
      attributes: attributes)
  }

  private func meters(_ key: String) throws(FormatError) -> Double? {
    guard let text = texts[key], !text.isEmpty else { return nil }
    let bytes = Array(text.utf8)
    guard let number = DecimalNumber.parse(bytes.span, bytes.indices) else {
      throw FormatError(.badValue, "its \(key) \"\(text.prefix(40))\" is not a number of metres.", at: place)
    }
    return number
  }

  /// A speed limit by a name that tells its unit, or `maxspeed` as OpenStreetMap has it: kilometres an hour, or "30 mph".
  private func speedLimit() throws(FormatError) -> Double? {
    for unit in SpeedUnit.allCases {
      for name in unit.limitNames {
        guard let text = texts[name], !text.isEmpty else { continue }
        return try speed(text, name, unit)
      }
    }
    guard let text = texts["maxspeed"], !text.isEmpty else { return nil }
    let isMiles = text.hasSuffix("mph")
    return try speed(
      isMiles ? String(text.dropLast(3)) : text, "maxspeed", isMiles ? .milesPerHour : .kilometersPerHour)
  }

  private func speed(_ text: String, _ name: String, _ unit: SpeedUnit) throws(FormatError) -> Double {
    let bytes = Array(text.utf8)
    guard let number = DecimalNumber.parse(bytes.span, bytes.indices), number > 0, number <= 1000 else {
      throw FormatError(
        .badValue, "its \(name) \"\(text.prefix(40))\" is no speed limit. Write a number above 0, or leave it out.",
        at: place)
    }
    return number * unit.metersPerSecond
  }

  private func instant(_ key: String) throws(FormatError) -> Int64? {
    guard let text = texts[key], !text.isEmpty else { return nil }
    let bytes = Array(text.utf8)
    guard let time = Timestamp.parse(bytes.span, bytes.indices) else {
      throw FormatError(
        .badValue, "its \(key) \"\(text.prefix(40))\" is no time. Write one like 2026-12-31T18:00:00Z.", at: place)
    }
    return time
  }

  private func words(_ key: String) -> Set<String> {
    Set((texts[key] ?? "").split(separator: ",").map { Self.normal(String($0)) }.filter { !$0.isEmpty })
  }

  private static func normal(_ word: String) -> String {
    word.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
