import TriplineCore
import TriplineFormats

/// Any bytes as GPX give fixes and a report, or an error, and nothing else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGPX(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = InputFile(bytes: Array(UnsafeBufferPointer(start: start, count: count)), name: "x.gpx")
  var tracks = TrackTable()
  var fixes: [Fix] = []
  do throws(FormatError) {
    var reader = try TrackReader(input, format: .gpx)
    while try reader.read(into: &fixes, tracks: &tracks) {}
    precondition(reader.report.delivered == fixes.count, "the report counts what was delivered")
  } catch {
    precondition(!error.message.isEmpty, "every error says what is wrong")
  }
  return 0
}
