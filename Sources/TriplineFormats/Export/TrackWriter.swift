/// Writes tracks as text for other tools.
///
/// Times are UTC with milliseconds; positions are WGS 84 degrees, written so that they read back to the same value;
/// altitudes are metres, speeds metres a second. Tracks without a fix are left out; formats of lines leave out a track of
/// one fix, which is no line.
public struct TrackWriter: ~Copyable {
  private let format: ExportFormat
  private var sink: OutputSink
  private var isFirst = true
  /// Fixes so far that the format has no room for: those of a time that another one of their track has, and those of tracks
  /// of one fix.
  public private(set) var leftOutCount = 0

  /// Creates a writer, and begins the document.
  ///
  /// - Precondition: the format is a text: any but `geopackage`, which `GeoPackageWriter` writes.
  /// - Throws: `writeFailed`.
  public init(_ format: ExportFormat, to sink: consuming OutputSink) throws(FormatError) {
    precondition(format != .geopackage, "a GeoPackage is no text")
    self.format = format
    self.sink = sink
    switch format {
    case .csv: self.sink.buffer += ExportText.csvHeader.utf8
    case .gpx: self.sink.buffer += ExportText.gpxHeader.utf8
    case .kml: self.sink.buffer += ExportText.kmlHeader.utf8
    case .geojson, .mfjson, .kepler: self.sink.buffer += #"{"type":"FeatureCollection","features":["#.utf8
    case .geopackage: break
    }
    try self.sink.flushIfFull()
  }

  /// Writes a track.
  ///
  /// - Throws: `writeFailed`, also of tracks that were written before.
  public mutating func write(_ track: ExportedTrack) throws(FormatError) {
    let count = track.fixes.count
    // A moving point is at one place at a time.
    let track = format == .mfjson ? track.withoutRepeatedTimes : track
    leftOutCount += count - track.fixes.count
    switch format {
    case .csv, .gpx, .kml: if track.fixes.isEmpty { return }
    case .geojson, .mfjson, .kepler, .geopackage:
      if track.fixes.count < 2 {
        leftOutCount += track.fixes.count
        return
      }
    }
    switch format {
    case .csv: ExportText.appendCSV(track, to: &sink.buffer)
    case .gpx: ExportText.appendGPX(track, to: &sink.buffer)
    case .kml: ExportText.appendKML(track, to: &sink.buffer)
    case .geojson, .mfjson, .kepler:
      sink.buffer += (isFirst ? "\n" : ",\n").utf8
      ExportText.appendFeature(track, as: format, to: &sink.buffer)
    case .geopackage: break
    }
    isFirst = false
    try sink.flushIfFull()
  }

  /// Ends the document.
  ///
  /// - Throws: `writeFailed`.
  public consuming func finish() throws(FormatError) {
    switch format {
    case .csv, .geopackage: break
    case .gpx: sink.buffer += "</gpx>\n".utf8
    case .kml: sink.buffer += "</Document>\n</kml>\n".utf8
    case .geojson, .mfjson, .kepler: sink.buffer += "\n]}\n".utf8
    }
    try sink.flush()
  }
}
