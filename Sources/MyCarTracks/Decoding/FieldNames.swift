/// Finds fields by the bytes of their names, without making text of them: by a dictionary a live message takes half as long again.
struct FieldNames: Sendable {
  /// A name and what it stands for.
  struct Entry: Sendable, BitwiseCopyable {
    /// Where its bytes are.
    fileprivate var start: UInt16
    fileprivate var count: UInt8
    var field: Field
    /// Of a field's names the first counts.
    var rank: UInt8
  }

  private var entries: [Entry] = []
  /// The bytes of all names, one after another.
  private var bytes: [UInt8] = []
  /// Positions in `entries` plus one, 0 for free; open addressing with linear probing.
  private var slots = [UInt8](repeating: 0, count: 512)

  /// All names of all fields.
  init() {
    for field in Field.allCases {
      for (rank, name) in field.names.enumerated() {
        entries.append(
          Entry(start: UInt16(bytes.count), count: UInt8(name.utf8.count), field: field, rank: UInt8(rank)))
        bytes += name.utf8
        var slot = Array(name.utf8).withUnsafeBytes(Self.hash)
        while slots[slot] > 0 { slot = (slot + 1) & 511 }
        slots[slot] = UInt8(entries.count)
      }
    }
  }

  /// What a name stands for, or `nil`.
  subscript(name: UnsafeRawBufferPointer) -> Entry? {
    guard !name.isEmpty else { return nil }
    var slot = Self.hash(name)
    while slots[slot] > 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if Int(entry.count) == name.count, isEqual(entry, name) { return entry }
      slot = (slot + 1) & 511
    }
    return nil
  }

  private func isEqual(_ entry: Entry, _ name: UnsafeRawBufferPointer) -> Bool {
    for index in 0..<name.count where bytes[Int(entry.start) + index] != name[index] { return false }
    return true
  }

  private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
    let (first, middle, last) = (Int(name[0]), Int(name[name.count / 2]), Int(name[name.count - 1]))
    return (name.count &* 131 &+ first &* 31 &+ middle &* 17 &+ last) & 511
  }
}
