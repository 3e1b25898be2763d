/// A format of recorded tracks.
public enum TrackFormat: String, Sendable, Hashable, CaseIterable {
  /// Rows of separated values with a header line.
  case csv
  /// One JSON object a line.
  case ndjson
  /// GPX 1.0 or 1.1.
  case gpx
  /// The SQLite file that `tripline sync` writes.
  case archive

  /// The format that an extension names, or `nil` where the extension says nothing.
  ///
  /// - Throws: `unsupportedFormat` for an extension of a format that is known but not read.
  init?(extension name: String, file: String) throws(FormatError) {
    switch name {
    case "csv", "tsv": self = .csv
    case "ndjson", "jsonl": self = .ndjson
    case "gpx": self = .gpx
    case "geojson", "kml", "kmz", "fit", "tcx", "parquet", "xlsx", "xls", "shp", "gpkg", "nmea":
      throw FormatError(
        .unsupportedFormat, "tracks are not read from .\(name). Convert it to CSV, NDJSON or GPX.",
        at: .init(file: file))
    default: return nil
    }
  }

  /// The format that the first bytes look like.
  init(startingWith bytes: [UInt8]) {
    if bytes.starts(with: ArchiveTrackReader.magic) {
      self = .archive
      return
    }
    var start = bytes[...]
    for mark: [UInt8] in [[0xEF, 0xBB, 0xBF], [0xFE, 0xFF], [0xFF, 0xFE]] where start.starts(with: mark) {
      start = start.dropFirst(mark.count)
    }
    switch start.first(where: { $0 > 0x20 }) {
    case UInt8(ascii: "<"): self = .gpx
    case UInt8(ascii: "{"), UInt8(ascii: "["): self = .ndjson
    default: self = .csv
    }
  }
}
