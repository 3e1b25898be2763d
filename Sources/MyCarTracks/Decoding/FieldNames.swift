/// Finds fields by the bytes of their names, without making text of them: by a dictionary a live message takes half as long again.
struct FieldNames: Sendable {
  /// A name and what it stands for.
  struct Entry: Sendable {
    fileprivate var name: [UInt8]
    var field: Field
    /// Of a field's names the first counts.
    var rank: UInt8
  }

  private var entries: [Entry] = []
  /// Positions in `entries` plus one, 0 for free; open addressing with linear probing.
  private var slots = [UInt8](repeating: 0, count: 512)

  /// All names of all fields.
  init() {
    for field in Field.allCases {
      for (rank, name) in field.names.enumerated() {
        entries.append(Entry(name: Array(name.utf8), field: field, rank: UInt8(rank)))
        var slot = entries[entries.count - 1].name.withUnsafeBytes(Self.hash)
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
      if entry.name.count == name.count, entry.name.withUnsafeBytes({ $0.elementsEqual(name) }) { return entry }
      slot = (slot + 1) & 511
    }
    return nil
  }

  private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
    let (first, middle, last) = (Int(name[0]), Int(name[name.count / 2]), Int(name[name.count - 1]))
    return (name.count &* 131 &+ first &* 31 &+ middle &* 17 &+ last) & 511
  }
}
