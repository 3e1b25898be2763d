extension Fix {
  /// Fixes as bytes, which another version can read: what a journal keeps.
  public static func bytes(of fixes: [Fix]) -> [UInt8] {
    var coder = SnapshotCoder()
    for var fix in fixes {
      // Writing cannot fail: the errors of the coder are those of reading.
      try? fix.code(&coder)
    }
    return coder.bytes
  }

  /// The fixes that `bytes(of:)` has written.
  ///
  /// - Throws: `SnapshotError` where these are other bytes.
  public static func fixes(from bytes: [UInt8]) throws(SnapshotError) -> [Fix] {
    var coder = SnapshotCoder(reading: bytes)
    var fixes: [Fix] = []
    while !coder.isAtEnd {
      var fix = Fix(vehicle: 0, time: 0, latitude: 0, longitude: 0)
      try fix.code(&coder)
      fixes.append(fix)
    }
    return fixes
  }
}
