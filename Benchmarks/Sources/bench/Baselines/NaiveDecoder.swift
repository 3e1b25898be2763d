import CZlib
import Foundation
import TriplineCore

/// Reads gzipped CSV the obvious way: inflates all of it, splits it into lines and these into fields, and lets the
/// standard library read numbers.
enum NaiveDecoder {
  static func fixes(_ bytes: [UInt8]) -> [Fix] {
    let text = String(decoding: inflated(bytes), as: UTF8.self)
    var vehicles: [String: UInt32] = [:]
    var rows: [UInt32] = []
    var fixes: [Fix] = []
    for line in text.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count >= 9, let time = milliseconds(fields[2]), let latitude = Double(fields[3]),
        let longitude = Double(fields[4])
      else { continue }
      let id = String(fields[0])
      let vehicle = vehicles[id] ?? UInt32(vehicles.count)
      if Int(vehicle) == rows.count {
        vehicles[id] = vehicle
        rows.append(0)
      }
      fixes.append(
        Fix(
          vehicle: vehicle, time: time, latitude: latitude, longitude: longitude, speed: Float(fields[6]),
          course: Float(fields[7]), altitude: Float(fields[5]), accuracy: Float(fields[8]),
          sequence: rows[Int(vehicle)]))
      rows[Int(vehicle)] += 1
    }
    return fixes
  }

  /// `1970-01-01T00:00:01.000Z`, or a number of milliseconds.
  private static func milliseconds(_ field: Substring) -> Int64? {
    let parts = field.split { "-T:.Z".contains($0) }
    guard parts.count == 7 else { return Int64(field) }
    var calendar = tm()
    calendar.tm_year = (Int32(parts[0]) ?? 0) - 1900
    calendar.tm_mon = (Int32(parts[1]) ?? 0) - 1
    calendar.tm_mday = Int32(parts[2]) ?? 0
    calendar.tm_hour = Int32(parts[3]) ?? 0
    calendar.tm_min = Int32(parts[4]) ?? 0
    calendar.tm_sec = Int32(parts[5]) ?? 0
    return Int64(timegm(&calendar)) * 1000 + (Int64(parts[6]) ?? 0)
  }

  private static func inflated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var result: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 256 * 1024)
    var stream = z_stream()
    // A window of 15 bits, and 16 for the gzip wrapper.
    let status = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start")
    defer { inflateEnd(&stream) }
    let size = block.count
    bytes.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      var isAtEnd = false
      while !isAtEnd {
        let count = block.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(size)
          isAtEnd = inflate(&stream, Z_NO_FLUSH) != Z_OK
          return size - Int(stream.avail_out)
        }
        result.append(contentsOf: block[..<count])
      }
    }
    return result
  }
}
