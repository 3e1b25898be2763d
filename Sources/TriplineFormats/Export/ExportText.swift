import Foundation
import TriplineCore
import TriplineJSON

/// The text of tracks in each format.
enum ExportText {
  // MARK: CSV

  static let csvHeader =
    "track_id,vehicle_id,driver_id,time,lat,lon,alt_m,speed_mps,bearing_deg,accuracy_m,speed_limit_mps,ignition,received\n"

  static func appendCSV(_ track: ExportedTrack, to buffer: inout [UInt8]) {
    for fix in track.fixes {
      EventText.appendCSV(track.track.trackID, to: &buffer)
      buffer.append(UInt8(ascii: ","))
      EventText.appendCSV(track.track.vehicleID, to: &buffer)
      buffer.append(UInt8(ascii: ","))
      EventText.appendCSV(track.track.driverID, to: &buffer)
      buffer.append(UInt8(ascii: ","))
      appendTime(fix.time, to: &buffer)
      buffer += ",\(fix.latitude),\(fix.longitude)".utf8
      for value in [fix.altitude, fix.speed, fix.course, fix.accuracy, fix.speedLimit] {
        buffer.append(UInt8(ascii: ","))
        if let value, value.isFinite { buffer += value.description.utf8 }
      }
      buffer.append(UInt8(ascii: ","))
      if let ignition = fix.ignition { buffer += (ignition ? "on" : "off").utf8 }
      buffer.append(UInt8(ascii: ","))
      if let received = fix.received { _ = Timestamp.append(received, to: &buffer) }
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  // MARK: XML

  static let gpxHeader = """
    <?xml version="1.0" encoding="UTF-8"?>
    <gpx version="1.1" creator="tripline" xmlns="http://www.topografix.com/GPX/1/1"
     xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">

    """

  static let kmlHeader = """
    <?xml version="1.0" encoding="UTF-8"?>
    <kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
    <Document>

    """

  static func appendGPX(_ track: ExportedTrack, to buffer: inout [UInt8]) {
    buffer += "<trk><name>\(XMLText.escaped(track.track.trackID))</name><trkseg>\n".utf8
    for fix in track.fixes {
      buffer += "<trkpt lat=\"\(decimal(fix.latitude))\" lon=\"\(decimal(fix.longitude))\">".utf8
      if let altitude = fix.altitude, altitude.isFinite { buffer += "<ele>\(decimal(Double(altitude)))</ele>".utf8 }
      buffer += "<time>".utf8
      appendTime(fix.time, to: &buffer)
      buffer += "</time>".utf8
      let measures = [("speed", fix.speed), ("course", fix.course)].filter { $0.1?.isFinite ?? false }
      if !measures.isEmpty {
        buffer += "<extensions><tpx:TrackPointExtension>".utf8
        for (name, value) in measures { buffer += "<tpx:\(name)>\(decimal(Double(value ?? 0)))</tpx:\(name)>".utf8 }
        buffer += "</tpx:TrackPointExtension></extensions>".utf8
      }
      buffer += "</trkpt>\n".utf8
    }
    buffer += "</trkseg></trk>\n".utf8
  }

  static func appendKML(_ track: ExportedTrack, to buffer: inout [UInt8]) {
    buffer += "<Placemark><name>\(XMLText.escaped(track.track.trackID))</name><gx:Track>\n".utf8
    for fix in track.fixes {
      buffer += "<when>".utf8
      appendTime(fix.time, to: &buffer)
      buffer += "</when>\n".utf8
    }
    for fix in track.fixes {
      buffer += "<gx:coord>\(fix.longitude) \(fix.latitude) \(altitude(of: fix))</gx:coord>\n".utf8
    }
    buffer += "</gx:Track></Placemark>\n".utf8
  }

  /// A number without an exponent, which XML's decimals do not have.
  private static func decimal(_ value: Double) -> String {
    let text = value.description
    return text.contains("e") ? String(format: "%.12f", value) : text
  }

  // MARK: JSON

  static func appendFeature(_ track: ExportedTrack, as format: ExportFormat, to buffer: inout [UInt8]) {
    buffer += #"{"type":"Feature","properties":{"track_id":"#.utf8
    JSONNode.append(track.track.trackID, to: &buffer)
    buffer += #","vehicle_id":"#.utf8
    JSONNode.append(track.track.vehicleID, to: &buffer)
    switch format {
    case .mfjson:
      buffer +=
        #"},"geometry":null,"temporalGeometry":{"type":"MovingPoint","crs":{"type":"Name","properties":{"name":"#.utf8
      buffer += #""urn:ogc:def:crs:OGC:1.3:CRS84"}},"datetimes":"#.utf8
      appendTimes(track, to: &buffer)
      buffer += #","coordinates":"#.utf8
      appendPositions(track, to: &buffer) { _ in "" }
      buffer += #","interpolation":"Linear"}}"#.utf8
    case .kepler:
      buffer += #"},"geometry":{"type":"LineString","coordinates":"#.utf8
      appendPositions(track, to: &buffer) { ",\(altitude(of: $0)),\(Double($0.time) / 1000)" }
      buffer += "}}".utf8
    default:
      buffer += #","coordTimes":"#.utf8
      appendTimes(track, to: &buffer)
      buffer += #"},"geometry":{"type":"LineString","coordinates":"#.utf8
      appendPositions(track, to: &buffer) { fix in fix.altitude.map { $0.isFinite ? ",\($0)" : "" } ?? "" }
      buffer += "}}".utf8
    }
  }

  private static func appendTimes(_ track: ExportedTrack, to buffer: inout [UInt8]) {
    for (index, fix) in track.fixes.enumerated() {
      buffer += (index == 0 ? "[\"" : ",\"").utf8
      appendTime(fix.time, to: &buffer)
      buffer.append(UInt8(ascii: "\""))
    }
    buffer.append(UInt8(ascii: "]"))
  }

  private static func appendPositions(
    _ track: ExportedTrack, to buffer: inout [UInt8], more: (Fix) -> String
  ) {
    for (index, fix) in track.fixes.enumerated() {
      buffer += "\(index == 0 ? "[" : ",")[\(fix.longitude),\(fix.latitude)\(more(fix))]".utf8
    }
    buffer.append(UInt8(ascii: "]"))
  }

  // MARK: Values

  private static func altitude(of fix: Fix) -> Float { fix.altitude.map { $0.isFinite ? $0 : 0 } ?? 0 }

  private static func appendTime(_ time: Int64, to buffer: inout [UInt8]) {
    // A track has no fix whose time cannot be written.
    _ = Timestamp.append(time, to: &buffer)
  }
}
