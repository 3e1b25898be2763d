import TriplineCore

/// What a feature says of its fence beside its shape, whatever the format.
struct FenceProperties {
  private static let own: Set<String> = ["radius", "width", "floor", "ceiling", "tags", "expires"]
  private static let names: Set<String> = ["id", "ID", "name", "NAME", "title"]

  private let place: FormatError.Place
  private var texts: [String: String] = [:]
  private var tags: Set<String>?

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
        tags = Set(list.compactMap(\.identifier))
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
    let attributes = texts.filter { !Self.own.contains($0.key) && !Self.names.contains($0.key) }
    return Fence(
      id: id, name: name, shape: shape, floor: try meters("floor"), ceiling: try meters("ceiling"),
      tags: tags ?? words("tags"), expires: try instant("expires"), attributes: attributes)
  }

  private func meters(_ key: String) throws(FormatError) -> Double? {
    guard let text = texts[key], !text.isEmpty else { return nil }
    let bytes = Array(text.utf8)
    guard let number = DecimalNumber.parse(bytes.span, bytes.indices) else {
      throw FormatError(.badValue, "its \(key) \"\(text.prefix(40))\" is not a number of metres.", at: place)
    }
    return number
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
    let parts = (texts[key] ?? "").split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
    return Set(parts.filter { !$0.isEmpty })
  }
}
