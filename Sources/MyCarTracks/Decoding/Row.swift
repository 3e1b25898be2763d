import TriplineJSON

/// An object of an answer or of a live message, whose members are known by what they mean.
///
/// `null` counts as absent; a number may be text.
struct Row {
  private struct Slot {
    var value: JSONObject.Handle
    var field: Field
    var rank: UInt8
  }

  /// The object itself.
  let object: JSONObject
  /// What it has, of this object or of others of its document, and for each field where that stands, plus one.
  private var slots: [Slot] = []
  private var places = InlineArray<64, UInt8>(repeating: 0)

  /// Sorts the members of an object.
  init(_ object: JSONObject) {
    self.object = object
    slots.reserveCapacity(16)
    let names = Field.byName
    object.forEachMember { name, value in
      guard let entry = names[name], !value.isNull else { return }
      if let taken = slot(entry.field), taken.rank < entry.rank { return }
      put(Slot(value: value, field: entry.field, rank: entry.rank))
    }
  }

  private func slot(_ field: Field) -> Slot? {
    let place = Int(places[field.rawValue])
    return place > 0 ? slots[place - 1] : nil
  }

  private mutating func put(_ slot: Slot) {
    let place = Int(places[slot.field.rawValue])
    if place > 0 {
      slots[place - 1] = slot
    } else {
      slots.append(slot)
      places[slot.field.rawValue] = UInt8(slots.count)
    }
  }

  /// Sorts the members of a value that may be an object.
  init?(_ value: JSONValue?) {
    guard let object = value?.object else { return nil }
    self.init(object)
  }

  /// The value of a field.
  subscript(field: Field) -> JSONValue? { slot(field).map { object[$0.value] } }

  /// A text, or a number or truth value as one.
  func text(_ field: Field) -> String? { self[field]?.scalar }

  /// An id.
  func id(_ field: Field) -> ResourceID? { self[field]?.identifier.map(ResourceID.init) }

  /// A number, perhaps with a unit.
  func reading(_ field: Field) -> Reading? { self[field].flatMap(Reading.init) }

  /// A number that has no unit.
  func number(_ field: Field) -> Double? { reading(field).flatMap { $0.value.isFinite ? $0.value : nil } }

  /// A time in milliseconds UTC.
  func time(_ field: Field) -> Int64? { self[field].flatMap(TimeText.milliseconds) }

  /// A truth value, also 0, 1 and `"true"`.
  func truth(_ field: Field) -> Bool? {
    switch text(field)?.lowercased() {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }

  /// Latitude and longitude, by name or as GeoJSON's pair; `nil` where one is missing, is no number, or where both are 0,
  /// which is what a receiver without a position says.
  var coordinate: (latitude: Double, longitude: Double)? {
    var (latitude, longitude) = (number(.latitude), number(.longitude))
    if let pair = self[.coordinates]?.array, pair.count >= 2, latitude == nil || longitude == nil {
      (latitude, longitude) = (pair[1].number, pair[0].number)
    }
    guard let latitude, let longitude, latitude.isFinite, longitude.isFinite else { return nil }
    return latitude == 0 && longitude == 0 ? nil : (latitude, longitude)
  }

  /// Takes what belongs to a position from an inner row, as far as that has it.
  mutating func takePosition(from inner: Row) {
    for field in Field.ofPosition {
      if let slot = inner.slot(field) { put(slot) }
    }
  }

  /// Takes from another row what this one does not have; but for the kind of a message, which an inner row does not tell.
  mutating func fill(from other: Row) {
    for slot in other.slots where slot.field != .kind && places[slot.field.rawValue] == 0 { put(slot) }
  }

  /// Takes the kind of a message from the row around this one.
  mutating func takeKind(from outer: Row) {
    places[Field.kind.rawValue] = 0
    if let slot = outer.slot(.kind) { put(slot) }
  }
}
