/// Events in the order in which they were decided, in memory that is used again.
public struct EventBuffer: Sendable {
  /// The events.
  public private(set) var events: [Event] = []
  /// For each event, the position in its batch of the fix that brought it about: events of several engines that shared
  /// one stream are put in order by it.
  public private(set) var ordinals: [UInt32] = []
  /// The position that the next event gets.
  var ordinal: UInt32 = 0

  /// Creates an empty buffer.
  public init() {}

  /// Whether there is no event.
  public var isEmpty: Bool { events.isEmpty }

  @inline(__always) var count: Int { events.count }

  /// Takes all events out and keeps the memory.
  public mutating func removeAll() {
    events.removeAll(keepingCapacity: true)
    ordinals.removeAll(keepingCapacity: true)
  }

  /// Appends the events of another buffer, with its ordinals or with one for all.
  mutating func append(_ other: EventBuffer, ordinal: UInt32? = nil) {
    events.append(contentsOf: other.events)
    if let ordinal {
      ordinals.append(contentsOf: repeatElement(ordinal, count: other.events.count))
    } else {
      ordinals.append(contentsOf: other.ordinals)
    }
  }

  @inline(__always)
  mutating func append(_ event: Event) {
    events.append(event)
    ordinals.append(ordinal)
  }
}
