/// What a column of a track file can hold.
enum TrackColumn: Int, CaseIterable {
  case track, vehicle, time, latitude, longitude, altitude, speed, course, accuracy, received, speedLimit, driver,
    ignition

  /// The names a column goes by, in lower case, the best first: of two columns the one whose name is earlier is read.
  var names: [String] {
    switch self {
    case .track: ["track_id", "trackid", "track", "trip_id", "tripid", "trip", "segment_id"]
    case .vehicle:
      [
        "vehicle_id", "vehicleid", "vehicle", "device_id", "deviceid", "device", "imei", "asset_id", "unit_id",
        "tracker_id",
      ]
    case .time:
      ["time", "timestamp", "datetime", "date_time", "ts", "time_utc", "timestamp_utc", "fix_time", "gps_time", "utc"]
    case .latitude: ["lat", "latitude", "lat_deg", "y"]
    case .longitude: ["lon", "lng", "long", "longitude", "lon_deg", "x"]
    case .altitude: ["alt_m", "altitude", "alt", "ele", "elevation", "altitude_m"]
    case .speed: SpeedUnit.allCases.flatMap(\.names)
    case .course: ["bearing_deg", "bearing", "course", "heading", "course_deg", "heading_deg"]
    case .accuracy: ["accuracy_m", "accuracy", "hacc", "horizontal_accuracy", "h_accuracy"]
    case .ignition: ["ignition", "ignition_on", "engine_on", "engine"]
    case .driver: ["driver_id", "driverid", "driver"]
    case .speedLimit: SpeedUnit.allCases.flatMap(\.limitNames)
    case .received: ["received", "received_at", "received_time", "server_time", "servertime"]
    }
  }

  /// A column by its name in any case, and how good the name is: smaller is better.
  static func named(_ name: String) -> (column: TrackColumn, rank: Int)? {
    byName[name] ?? byName[name.lowercased()]
  }

  private static let byName: [String: (column: TrackColumn, rank: Int)] = {
    var byName: [String: (column: TrackColumn, rank: Int)] = [:]
    for column in allCases {
      for (rank, name) in column.names.enumerated() { byName[name] = (column, rank) }
    }
    return byName
  }()
}

/// The unit of a column of speeds or speed limits, which its name tells.
enum SpeedUnit: CaseIterable {
  case metersPerSecond, kilometersPerHour, milesPerHour, knots

  var names: [String] {
    switch self {
    case .metersPerSecond: ["speed_mps", "speed_ms", "speed"]
    case .kilometersPerHour: ["speed_kmh", "speed_kph", "kmh", "kph"]
    case .milesPerHour: ["speed_mph", "mph"]
    case .knots: ["speed_kn", "speed_kt", "speed_knots", "knots"]
    }
  }

  /// The names of a column of speed limits, with the prefix of columns of a source's own as well.
  var limitNames: [String] {
    let suffixes =
      switch self {
      case .metersPerSecond: ["_mps", "_ms", ""]
      case .kilometersPerHour: ["_kmh", "_kph"]
      case .milesPerHour: ["_mph"]
      case .knots: ["_kn", "_kt", "_knots"]
      }
    return ["speed_limit", "posted_limit", "x_speed_limit", "x_posted_limit"].flatMap { name in
      suffixes.map { name + $0 }
    }
  }

  /// Metres a second in one of this unit, exact by definition (mile of 1,609.344 m, nautical mile of 1,852 m).
  var metersPerSecond: Double {
    switch self {
    case .metersPerSecond: 1
    case .kilometersPerHour: 1 / 3.6
    case .milesPerHour: 1609.344 / 3600
    case .knots: 1852.0 / 3600
    }
  }

  /// The unit that goes with a column's name.
  static func named(_ name: String) -> SpeedUnit {
    allCases.first { ($0.names + $0.limitNames).contains(name.lowercased()) } ?? .metersPerSecond
  }
}
