extension Fix {
  /// Bytes that a fix takes: 60 of its fields, which follow one another in the order of the snapshot's.
  private static let byteCount = 60

  /// Fixes as bytes, which another version can read: what a journal keeps. Numbers are little-endian.
  public static func bytes(of fixes: [Fix]) -> [UInt8] {
    // Byte by byte into a growing array took five times as long: a tenth of what a fix costs the service.
    [UInt8](unsafeUninitializedCapacity: fixes.count * byteCount) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var offset = 0
      func put<Value: FixedWidthInteger>(_ value: Value) {
        raw.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
        offset += MemoryLayout<Value>.size
      }
      for fix in fixes {
        put(fix.time)
        put(fix.receivedOrMissing)
        put(fix.latitude.bitPattern)
        put(fix.longitude.bitPattern)
        put(fix.speedOrNaN.bitPattern)
        put(fix.courseOrNaN.bitPattern)
        put(fix.altitudeOrNaN.bitPattern)
        put(fix.accuracyOrNaN.bitPattern)
        put(fix.vehicle)
        put(fix.sequence)
        put(fix.speedLimitCode)
        put(fix.ignitionCode)
        put(0 as UInt8)
      }
      count = offset
    }
  }

  /// The fixes that `bytes(of:)` has written.
  ///
  /// - Throws: `SnapshotError` where these are other bytes.
  public static func fixes(from bytes: [UInt8]) throws(SnapshotError) -> [Fix] {
    guard bytes.count.isMultiple(of: byteCount) else { throw .damaged(offset: bytes.count) }
    return bytes.withUnsafeBytes { raw in
      var offset = 0
      func take<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
        defer { offset += MemoryLayout<Value>.size }
        return Value(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: type))
      }
      return (0..<bytes.count / byteCount).map { _ in
        var fix = Fix(vehicle: 0, time: take(Int64.self), latitude: 0, longitude: 0)
        fix.receivedOrMissing = take(Int64.self)
        fix.latitude = Double(bitPattern: take(UInt64.self))
        fix.longitude = Double(bitPattern: take(UInt64.self))
        fix.speedOrNaN = Float(bitPattern: take(UInt32.self))
        fix.courseOrNaN = Float(bitPattern: take(UInt32.self))
        fix.altitudeOrNaN = Float(bitPattern: take(UInt32.self))
        fix.accuracyOrNaN = Float(bitPattern: take(UInt32.self))
        fix.vehicle = take(UInt32.self)
        fix.sequence = take(UInt32.self)
        fix.speedLimitCode = take(UInt16.self)
        fix.ignitionCode = min(2, take(UInt8.self))
        _ = take(UInt8.self)
        return fix
      }
    }
  }
}
