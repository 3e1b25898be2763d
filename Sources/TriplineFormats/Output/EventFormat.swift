/// A format of written events.
public enum EventFormat: String, Sendable, Hashable, CaseIterable {
  /// One JSON object a line, with the keys of its type of event; what is not known is `null`.
  case ndjson
  /// One table for all types of events (RFC 4180); what is not known, or another type's, is empty.
  case csv
  /// One GeoJSON FeatureCollection: points for fence events and stops, lines from start to end for trips, no geometry
  /// for visits; the properties are the keys of NDJSON.
  case geojson
}
