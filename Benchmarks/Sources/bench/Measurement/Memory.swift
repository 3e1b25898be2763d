import CMalloc
import Foundation

/// Memory of this process.
enum Memory {
  /// Bytes that are allocated, from the allocator's own books.
  static var allocated: Int {
    let info = mallinfo2()
    return info.uordblks + info.hblkhd
  }

  /// Bytes of physical memory in use.
  static var resident: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }
}
