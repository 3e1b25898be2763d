/// Writes or reads state field by field in little-endian order: one list of fields serves both ways, so that the two
/// cannot drift apart.
package struct SnapshotCoder {
  /// What is read, or what has been written and room for more.
  private var storage: [UInt8]
  package private(set) var offset = 0
  /// Where the fields end that are read.
  private var end: Int
  package let isReading: Bool

  /// A coder that writes, with room for so many bytes at first.
  package init(capacity: Int = 0) {
    storage = [UInt8](repeating: 0, count: capacity)
    end = 0
    isReading = false
  }

  /// A coder that reads.
  package init(reading bytes: [UInt8]) {
    storage = bytes
    end = bytes.count
    isReading = true
  }

  /// What has been written; nothing more is to be written then.
  package mutating func finish() -> [UInt8] {
    // In place: a copy of what a large fleet knows is a millisecond.
    storage.removeLast(storage.count - offset)
    return storage
  }

  package var isAtEnd: Bool { offset == end }

  /// The 64-bit FNV-1a hash of the bytes: any single wrong byte changes it.
  package var checksum: UInt64 { SnapshotCoder.checksum(of: storage, count: offset) }

  private static func checksum(of bytes: [UInt8], count: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    }
    return hash
  }

  /// Takes the last eight bytes as the checksum of all before them.
  package mutating func verifyChecksum() throws(SnapshotError) {
    let size = MemoryLayout<UInt64>.size
    let fields = end - size
    guard fields >= offset else { throw .damaged(offset: offset) }
    var stated: UInt64 = 0
    for index in (0..<size).reversed() { stated = stated << 8 | UInt64(storage[fields + index]) }
    guard stated == SnapshotCoder.checksum(of: storage, count: fields) else { throw .damaged(offset: fields) }
    end = fields
  }

  package mutating func code<T: FixedWidthInteger>(_ value: inout T) throws(SnapshotError) {
    let size = MemoryLayout<T>.size
    if isReading {
      guard offset + size <= end else { throw .damaged(offset: offset) }
      var read: T = 0
      for index in (0..<size).reversed() {
        read = (size == 1 ? 0 : read << 8) | T(truncatingIfNeeded: storage[offset + index])
      }
      value = read
    } else {
      makeRoom(size)
      storage.withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self) }
    }
    offset += size
  }

  /// Sees to it that so many bytes more can be written.
  @inline(__always)
  private mutating func makeRoom(_ size: Int) {
    if offset + size > storage.count { grow(size) }
  }

  @inline(never)
  private mutating func grow(_ size: Int) {
    storage.append(contentsOf: repeatElement(0, count: max(1024, size, storage.count)))
  }

  /// A value that may lack; `filler` is written in its place then.
  package mutating func code<T: FixedWidthInteger>(_ value: inout T?, otherwise filler: T) throws(SnapshotError) {
    var isThere = value != nil
    var present = value ?? filler
    try code(&isThere)
    try code(&present)
    value = isThere ? present : nil
  }

  package mutating func code(_ value: inout Double) throws(SnapshotError) {
    var bits = value.bitPattern
    try code(&bits)
    value = Double(bitPattern: bits)
  }

  package mutating func code(_ value: inout Float) throws(SnapshotError) {
    var bits = value.bitPattern
    try code(&bits)
    value = Float(bitPattern: bits)
  }

  package mutating func code(_ value: inout Bool) throws(SnapshotError) {
    var bits: UInt8 = value ? 1 : 0
    try code(&bits)
    guard bits <= 1 else { throw .damaged(offset: offset - 1) }
    value = bits == 1
  }

  package mutating func code<T: RawRepresentable<UInt8>>(_ value: inout T) throws(SnapshotError) {
    var raw = value.rawValue
    try code(&raw)
    guard let read = T(rawValue: raw) else { throw .damaged(offset: offset - 1) }
    value = read
  }

  package mutating func code(_ value: inout String) throws(SnapshotError) {
    var count = UInt32(value.utf8.count)
    try code(&count)
    if isReading {
      guard offset + Int(count) <= end else { throw .damaged(offset: offset) }
      value = String(decoding: storage[offset..<(offset + Int(count))], as: UTF8.self)
    } else {
      makeRoom(Int(count))
      storage.replaceSubrange(offset..<offset + Int(count), with: value.utf8)
    }
    offset += Int(count)
  }

  package mutating func code<let count: Int, T: FixedWidthInteger>(
    _ values: inout InlineArray<count, T>
  ) throws(SnapshotError) {
    for index in values.indices { try code(&values[index]) }
  }

  /// Values one after the other, behind their number; `empty` is what each is read into.
  package mutating func code<Element>(
    _ elements: inout [Element], empty: Element,
    _ code: (inout Element, inout SnapshotCoder) throws(SnapshotError) -> Void
  ) throws(SnapshotError) {
    var count = UInt32(elements.count)
    try self.code(&count)
    if isReading { elements = [] }
    for index in 0..<Int(count) {
      if isReading { elements.append(empty) }
      try code(&elements[index], &self)
    }
  }

  /// Values by texts, in the order of these.
  package mutating func code<Value>(
    _ values: inout [String: Value], empty: Value,
    _ code: (inout Value, inout SnapshotCoder) throws(SnapshotError) -> Void
  ) throws(SnapshotError) {
    var pairs = isReading ? [] : values.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    try self.code(&pairs, empty: (key: "", value: empty)) { (pair, coder) throws(SnapshotError) in
      try coder.code(&pair.key)
      try code(&pair.value, &coder)
    }
    if isReading { values = Dictionary(pairs.map { ($0.key, $0.value) }) { $1 } }
  }
}
