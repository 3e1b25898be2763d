import TriplineCore
import TriplineFormats

/// Everything that came out of one input.
struct ReadTracks {
  var fixes: [Fix] = []
  var tracks = TrackTable()
  var report = ReadReport()

  init(_ input: InputFile, format: TrackFormat? = nil) throws(FormatError) {
    var reader = try TrackReader(input, format: format)
    while try reader.read(into: &fixes, tracks: &tracks) {}
    report = reader.report
  }

  init(_ text: String, name: String = "test.csv") throws(FormatError) {
    try self.init(InputFile(bytes: Array(text.utf8), name: name))
  }

  init(bytes: [UInt8], name: String) throws(FormatError) {
    try self.init(InputFile(bytes: bytes, name: name))
  }

  /// The problems as printed.
  var problems: [String] { report.problems.map(\.description) }
}
