import TriplineJSON

/// Reads the messages of the live stream, whatever shape they have: section 7.7 of the contract has the rules.
public struct LiveDecoder: Sendable {
  /// Messages and positions that were left out, by reason.
  public struct Counts: Sendable, Hashable {
    /// Messages that are no JSON.
    public var malformed = 0
    /// Positions without vehicle, time or coordinates.
    public var incomplete = 0
    /// Messages of unknown kinds.
    public var unknown = 0
    /// Positions from before 2010, or more than ten minutes in the future.
    public var implausible = 0
  }

  /// What was left out so far.
  public private(set) var counts = Counts()
  /// The last messages of which something was left out, each cut short, for whoever looks for the reason. One that may hold a
  /// token or the URL of a stream is withheld.
  public private(set) var unread: [String] = []

  private static let unreadMessages = 16
  private static let unreadLength = 500

  /// Has seen nothing yet.
  public init() {}

  /// Reads a message: an object, an array of objects, or objects on lines of their own.
  public mutating func events(in message: [UInt8]) -> [LiveEvent] {
    let before = counts
    let events = decode(message)
    if counts != before { keep(message) }
    return events
  }

  private mutating func keep(_ message: [UInt8]) {
    let text = String(decoding: message.prefix(Self.unreadLength), as: UTF8.self)
    let letters = String(decoding: message, as: UTF8.self).lowercased()
    let isSecret = ["token", "secret", "bearer", "ws://", "wss://"].contains(where: letters.contains)
    if unread.count == Self.unreadMessages { unread.removeFirst() }
    unread.append(isSecret ? "(withheld)" : text)
  }

  private mutating func decode(_ message: [UInt8]) -> [LiveEvent] {
    var events: [LiveEvent] = []
    if let value = JSONText.value(message) {
      decode(value, into: &events)
      return events
    }
    for line in message.split(separator: UInt8(ascii: "\n")) {
      guard line.contains(where: { $0 > 0x20 }) else { continue }
      if let value = JSONText.value(Array(line)) {
        decode(value, into: &events)
      } else {
        counts.malformed += 1
      }
    }
    return events
  }

  private mutating func decode(_ value: JSONValue, into events: inout [LiveEvent]) {
    if let list = value.array {
      for element in list { decode(element, into: &events) }
    } else if let object = value.object {
      decode(Row(object), into: &events)
    } else {
      counts.malformed += 1
    }
  }

  private mutating func decode(_ row: consuming Row, into events: inout [LiveEvent]) {
    let payload = row[.payload]
    // A batch of positions within one message.
    if let list = payload?.array {
      for element in list {
        guard let object = element.object else {
          counts.malformed += 1
          continue
        }
        var inner = Row(object)
        if let position = Row(inner[.payload]) { inner.include(position) }
        inner.fill(from: row)
        inner.takeKind(from: row)
        emit(inner, into: &events)
      }
      return
    }
    if let inner = Row(payload) {
      row.include(inner)
      // The position within what is within.
      if row.coordinate == nil, let position = Row(inner[.payload]) { row.include(position) }
    }
    emit(row, into: &events)
  }

  private mutating func emit(_ row: Row, into events: inout [LiveEvent]) {
    switch Self.kind(row) {
    case .position:
      if let position = Position(merged: row) {
        events.append(.position(position))
      } else {
        counts.incomplete += 1
      }
    case .offline:
      if let vehicle = Position.vehicleID(row, Row(row[.vehicle])) {
        events.append(.offline(vehicleID: vehicle, lastPositionTime: row.time(.lastPositionTime)))
      } else {
        counts.incomplete += 1
      }
    case .heartbeat: events.append(.heartbeat)
    case .error: events.append(.error(code: row.text(.code), message: row.text(.message)))
    case .unknown(let name):
      counts.unknown += 1
      events.append(.unknown(kind: name))
    }
  }

  private enum Kind {
    case position, offline, heartbeat, error, unknown(String)
  }

  /// The kind by its name; without one, what has coordinates is a position.
  private static func kind(_ row: Row) -> Kind {
    guard let name = row[.kind]?.string else { return row.coordinate == nil ? .unknown("") : .position }
    if let kind = kinds[name] { return kind }
    let letters = name.lowercased().filter(\.isLetter)
    for affix in ["", "vehicle", "live", "livevehicle", "vehiclelive"] {
      guard letters.hasPrefix(affix) else { continue }
      let rest = letters.dropFirst(affix.count)
      for ending in ["", "update", "updated", "event"] where rest.hasSuffix(ending) {
        if let kind = kinds[String(rest.dropLast(ending.count))] { return kind }
      }
    }
    return .unknown(name)
  }

  private static let kinds: [String: Kind] = [
    "position": .position, "positions": .position, "location": .position, "update": .position,
    "offline": .offline, "disconnected": .offline, "inactive": .offline,
    "heartbeat": .heartbeat, "ping": .heartbeat, "keepalive": .heartbeat,
    "error": .error, "exception": .error,
  ]
}
