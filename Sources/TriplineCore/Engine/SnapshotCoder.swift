/// Writes or reads state field by field in little-endian order: one list of fields serves both ways, so that the two
/// cannot drift apart.
struct SnapshotCoder {
  /// What is read, or what has been written and room for more.
  private var storage: [UInt8]
  private(set) var offset = 0
  /// Where the fields end that are read.
  private var end: Int
  let isReading: Bool

  /// A coder that writes.
  init() {
    storage = []
    end = 0
    isReading = false
  }

  /// A coder that reads.
  init(reading bytes: [UInt8]) {
    storage = bytes
    end = bytes.count
    isReading = true
  }

  /// What has been written.
  var bytes: [UInt8] { Array(storage[..<offset]) }

  var isAtEnd: Bool { offset == end }

  /// The 64-bit FNV-1a hash of the bytes: any single wrong byte changes it.
  var checksum: UInt64 { SnapshotCoder.checksum(of: storage, count: offset) }

  private static func checksum(of bytes: [UInt8], count: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<count { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    }
    return hash
  }

  /// Takes the last eight bytes as the checksum of all before them.
  mutating func verifyChecksum() throws(SnapshotError) {
    let size = MemoryLayout<UInt64>.size
    let fields = end - size
    guard fields >= offset else { throw .damaged(offset: offset) }
    var stated: UInt64 = 0
    for index in (0..<size).reversed() { stated = stated << 8 | UInt64(storage[fields + index]) }
    guard stated == SnapshotCoder.checksum(of: storage, count: fields) else { throw .damaged(offset: fields) }
    end = fields
  }

  mutating func code<T: FixedWidthInteger>(_ value: inout T) throws(SnapshotError) {
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
  mutating func code<T: FixedWidthInteger>(_ value: inout T?, otherwise filler: T) throws(SnapshotError) {
    var isThere = value != nil
    var present = value ?? filler
    try code(&isThere)
    try code(&present)
    value = isThere ? present : nil
  }

  mutating func code(_ value: inout Double) throws(SnapshotError) {
    var bits = value.bitPattern
    try code(&bits)
    value = Double(bitPattern: bits)
  }

  mutating func code(_ value: inout Float) throws(SnapshotError) {
    var bits = value.bitPattern
    try code(&bits)
    value = Float(bitPattern: bits)
  }

  mutating func code(_ value: inout Bool) throws(SnapshotError) {
    var bits: UInt8 = value ? 1 : 0
    try code(&bits)
    guard bits <= 1 else { throw .damaged(offset: offset - 1) }
    value = bits == 1
  }

  mutating func code<T: RawRepresentable<UInt8>>(_ value: inout T) throws(SnapshotError) {
    var raw = value.rawValue
    try code(&raw)
    guard let read = T(rawValue: raw) else { throw .damaged(offset: offset - 1) }
    value = read
  }

  mutating func code(_ value: inout String) throws(SnapshotError) {
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

  mutating func code<let count: Int, T: FixedWidthInteger>(
    _ values: inout InlineArray<count, T>
  ) throws(SnapshotError) {
    for index in values.indices { try code(&values[index]) }
  }
}
