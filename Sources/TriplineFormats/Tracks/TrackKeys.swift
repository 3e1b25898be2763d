/// Finds the index of a track by the bytes of its two ids, without making strings of ids seen before.
///
/// Rows of one track mostly follow one another, which costs one comparison; interleaved ones cost a hash over the bytes.
struct TrackKeys {
  private struct Entry {
    var track: Range<Int>
    var vehicle: Range<Int>
    var index: UInt32
  }

  /// The bytes of all keys, one after another.
  private var stored: [UInt8] = []
  private var entries: [Entry] = []
  /// Positions in `entries` plus one, 0 for free, open addressing with linear probing; the count is a power of two.
  private var slots = [UInt32](repeating: 0, count: 64)
  private var last = -1

  /// The index of the track with these ids, or `nil` where it has not been added.
  mutating func index(_ bytes: Span<UInt8>, track: Range<Int>, vehicle: Range<Int>) -> UInt32? {
    if last >= 0, matches(entries[last], bytes, track, vehicle) { return entries[last].index }
    var slot = hash(bytes, track, vehicle) & (slots.count - 1)
    while slots[slot] > 0 {
      let position = Int(slots[slot]) - 1
      if matches(entries[position], bytes, track, vehicle) {
        last = position
        return entries[position].index
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Adds a track that is not there yet.
  mutating func insert(_ bytes: Span<UInt8>, track: Range<Int>, vehicle: Range<Int>, index: UInt32) {
    if (entries.count + 1) * 2 > slots.count { grow() }
    let entry = Entry(track: store(bytes, track), vehicle: store(bytes, vehicle), index: index)
    entries.append(entry)
    last = entries.count - 1
    place(last, hash: hash(bytes, track, vehicle))
  }

  private mutating func store(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    let start = stored.count
    for index in range { stored.append(bytes[index]) }
    return start..<stored.count
  }

  private mutating func place(_ position: Int, hash: Int) {
    var slot = hash & (slots.count - 1)
    while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(position + 1)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    let stored = stored
    for (position, entry) in entries.enumerated() {
      place(position, hash: hash(stored.span, entry.track, entry.vehicle))
    }
  }

  private func matches(_ entry: Entry, _ bytes: Span<UInt8>, _ track: Range<Int>, _ vehicle: Range<Int>) -> Bool {
    ByteWord.isEqual(stored.span, entry.track, bytes, track)
      && ByteWord.isEqual(stored.span, entry.vehicle, bytes, vehicle)
  }

  /// SipHash with the process's random key, so that no file can be made to collide.
  private func hash(_ bytes: Span<UInt8>, _ track: Range<Int>, _ vehicle: Range<Int>) -> Int {
    var hasher = Hasher()
    bytes.withUnsafeBytes { all in
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: all[track]))
      hasher.combine(track.count)
      hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: all[vehicle]))
    }
    return hasher.finalize() & .max
  }
}
