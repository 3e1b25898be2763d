import TriplineCore
import TriplineFormats

/// Any bytes after the magic number of gzip give what can be inflated, and an end.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGzip(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = [0x1F, 0x8B] + UnsafeBufferPointer(start: start, count: count)
  let input = InputFile(bytes: bytes, name: "x.csv.gz")
  var tracks = TrackTable()
  var fixes: [Fix] = []
  do throws(FormatError) {
    var reader = try TrackReader(input, format: .csv)
    while try reader.read(into: &fixes, tracks: &tracks) {}
    precondition(reader.report.delivered == fixes.count, "the report counts what was delivered")
  } catch {
    precondition(!error.message.isEmpty, "every error says what is wrong")
  }
  return 0
}
