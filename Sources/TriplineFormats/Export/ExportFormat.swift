/// The formats tracks are written in for other tools.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// The columns that `TrackReader` reads, in SI units.
  case csv
  /// GPX 1.1, a track each, with speed and course in Garmin's extension of track points.
  case gpx
  /// KML 2.2 with the times of Google's extension: `gx:Track`.
  case kml
  /// A line a track, with the times of its positions in the property `coordTimes`.
  case geojson
  /// OGC Moving Features JSON: a `MovingPoint` a track.
  case mfjson
  /// GeoJSON as kepler.gl's trip layer reads it: longitude, latitude, altitude and seconds since 1970 in each position.
  case kepler
  /// A GeoPackage with two layers: `tracks`, lines, and `fixes`, points; a track of one fix stands in the second alone.
  case geopackage = "gpkg"

  /// The format that the end of a path names.
  public init?(path: String) {
    switch path.lowercased().split(separator: ".").last {
    case "csv": self = .csv
    case "gpx": self = .gpx
    case "kml": self = .kml
    case "geojson": self = .geojson
    case "mfjson": self = .mfjson
    case "gpkg": self = .geopackage
    default: return nil
    }
  }
}
