import TriplineCore
import TriplineFormats

/// Any bytes as CSV give fixes and a report, or an error, and nothing else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCSV(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = InputFile(bytes: Array(UnsafeBufferPointer(start: start, count: count)), name: "x.csv")
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
