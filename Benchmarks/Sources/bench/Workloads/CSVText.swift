import CZlib
import TriplineCore

/// Fixes as the gzipped CSV that an export would give.
enum CSVText {
  static func gzipped(_ fixes: [Fix]) -> [UInt8] {
    var text = Array("track_id,vehicle_id,time,lat,lon,alt_m,speed_mps,bearing_deg,accuracy_m\n".utf8)
    text.reserveCapacity(fixes.count * 80)
    for fix in fixes { append(fix, to: &text) }
    return compressed(text)
  }

  private static func append(_ fix: Fix, to text: inout [UInt8]) {
    appendDigits(Int(fix.vehicle), width: 8, to: &text)
    text.append(UInt8(ascii: ","))
    appendDigits(Int(fix.vehicle), width: 8, to: &text)
    text.append(UInt8(ascii: ","))
    appendDigits(Int(fix.time), width: 1, to: &text)
    text.append(UInt8(ascii: ","))
    appendDecimal(fix.latitude, places: 6, to: &text)
    text.append(UInt8(ascii: ","))
    appendDecimal(fix.longitude, places: 6, to: &text)
    text.append(contentsOf: ",,".utf8)
    appendDecimal(Double(fix.speedOrNaN), places: 1, to: &text)
    text.append(UInt8(ascii: ","))
    appendDecimal(Double(fix.courseOrNaN), places: 1, to: &text)
    text.append(contentsOf: ",5\n".utf8)
  }

  /// A number that is not negative.
  private static func appendDecimal(_ value: Double, places: Int, to text: inout [UInt8]) {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((value * Double(scale)).rounded())
    appendDigits(scaled / scale, width: 1, to: &text)
    text.append(UInt8(ascii: "."))
    appendDigits(scaled % scale, width: places, to: &text)
  }

  private static func appendDigits(_ value: Int, width: Int, to text: inout [UInt8]) {
    var divisor = 1
    var digits = 1
    while digits < width || value / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  private static func compressed(_ text: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let version = ZLIB_VERSION
    // A window of 15 bits, and 16 for the gzip wrapper; the fastest level.
    var status = deflateInit2_(
      &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, version, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib cannot start")
    defer { deflateEnd(&stream) }
    var text = text
    var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(text.count))))
    let capacity = result.count
    text.withUnsafeMutableBufferPointer { input in
      result.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(capacity)
        status = deflate(&stream, Z_FINISH)
      }
    }
    precondition(status == Z_STREAM_END, "zlib did not finish")
    result.removeLast(Int(stream.avail_out))
    return result
  }
}
