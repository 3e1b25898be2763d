import CSQLite
import TriplineCore

/// Writes tracks as a GeoPackage (OGC 12-128r18): a layer `tracks` of lines and a layer `fixes` of points, in WGS 84.
///
/// All tracks are written in one transaction: a file that was not finished has none.
public final class GeoPackageWriter {
  private var database: OpaquePointer?
  private var insertTrack: OpaquePointer?
  private var insertFix: OpaquePointer?
  private let path: String
  private var box = [Double.infinity, .infinity, -.infinity, -.infinity]
  /// The time of the newest fix, which stands for when the contents changed: the same tracks make the same file.
  private var newest = Int64.min

  /// Creates a file.
  ///
  /// - Throws: `writeFailed` where it cannot be created, or is there already.
  public init(path: String) throws(FormatError) {
    self.path = path
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    guard sqlite3_open_v2(path, &database, flags, nil) == SQLITE_OK else { throw failure() }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    let count = "SELECT count(*) FROM sqlite_master"
    guard sqlite3_prepare_v2(database, count, -1, &statement, nil) == SQLITE_OK, sqlite3_step(statement) == SQLITE_ROW
    else { throw failure() }
    guard sqlite3_column_int(statement, 0) == 0 else {
      throw FormatError(.writeFailed, "is there already. Remove it, or give another name.", at: .init(file: path))
    }
    try execute(Self.schema)
    insertTrack = try prepare("INSERT INTO tracks (geom, track_id, vehicle_id, start, end, fixes) VALUES (?,?,?,?,?,?)")
    insertFix = try prepare(
      "INSERT INTO fixes (geom, track_id, vehicle_id, time, altitude_m, speed_mps, course_deg, accuracy_m) "
        + "VALUES (?,?,?,?,?,?,?,?)")
  }

  deinit {
    sqlite3_finalize(insertTrack)
    sqlite3_finalize(insertFix)
    sqlite3_close(database)
  }

  /// Writes a track.
  ///
  /// - Throws: `writeFailed`.
  public func write(_ track: ExportedTrack) throws(FormatError) {
    for fix in track.fixes {
      let (x, y) = (fix.longitude, fix.latitude)
      newest = max(newest, fix.time)
      box = [min(box[0], x), min(box[1], y), max(box[2], x), max(box[3], y)]
      bind(Self.geometry([fix]), 1, insertFix)
      bind(track.track.trackID, 2, insertFix)
      bind(track.track.vehicleID, 3, insertFix)
      bind(Timestamp.text(fix.time) ?? "", 4, insertFix)
      for (index, value) in [fix.altitude, fix.speed, fix.course, fix.accuracy].enumerated() {
        if let value, value.isFinite {
          sqlite3_bind_double(insertFix, Int32(5 + index), Double(value))
        } else {
          sqlite3_bind_null(insertFix, Int32(5 + index))
        }
      }
      try run(insertFix)
    }
    guard track.fixes.count > 1, let first = track.fixes.first, let last = track.fixes.last else { return }
    bind(Self.geometry(track.fixes), 1, insertTrack)
    bind(track.track.trackID, 2, insertTrack)
    bind(track.track.vehicleID, 3, insertTrack)
    bind(Timestamp.text(first.time) ?? "", 4, insertTrack)
    bind(Timestamp.text(last.time) ?? "", 5, insertTrack)
    sqlite3_bind_int64(insertTrack, 6, Int64(track.fixes.count))
    try run(insertTrack)
  }

  /// Ends the file.
  ///
  /// - Throws: `writeFailed`.
  public func finish() throws(FormatError) {
    let box = box[0] <= box[2] ? box : [0, 0, 0, 0]
    let change = Timestamp.text(newest) ?? "1970-01-01T00:00:00.000Z"
    try execute(
      "UPDATE gpkg_contents SET min_x=\(box[0]), min_y=\(box[1]), max_x=\(box[2]), max_y=\(box[3]), "
        + "last_change='\(change)'; COMMIT;")
  }

  /// A geometry as GeoPackages have it: a header without an envelope, and well-known binary.
  private static func geometry(_ fixes: [Fix]) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "G"), UInt8(ascii: "P"), 0, 1]
    func append<T: FixedWidthInteger>(_ value: T) {
      for index in 0..<MemoryLayout<T>.size { bytes.append(UInt8(truncatingIfNeeded: value >> T(8 * index))) }
    }
    append(4326 as UInt32)
    bytes.append(1)
    append((fixes.count == 1 ? 1 : 2) as UInt32)
    if fixes.count > 1 { append(UInt32(fixes.count)) }
    for fix in fixes {
      append(fix.longitude.bitPattern)
      append(fix.latitude.bitPattern)
    }
    return bytes
  }

  // MARK: SQLite

  /// Tells SQLite to copy what is bound.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private func bind(_ text: String, _ index: Int32, _ statement: OpaquePointer?) {
    sqlite3_bind_text(statement, index, text, -1, Self.transient)
  }

  private func bind(_ bytes: [UInt8], _ index: Int32, _ statement: OpaquePointer?) {
    sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), Self.transient)
  }

  private func prepare(_ text: String) throws(FormatError) -> OpaquePointer? {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(database, text, -1, &statement, nil) == SQLITE_OK else { throw failure() }
    return statement
  }

  private func run(_ statement: OpaquePointer?) throws(FormatError) {
    guard sqlite3_step(statement) == SQLITE_DONE else { throw failure() }
    sqlite3_reset(statement)
  }

  private func execute(_ text: String) throws(FormatError) {
    guard sqlite3_exec(database, text, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  private func failure() -> FormatError {
    let reason = String(cString: sqlite3_errmsg(database))
    return FormatError(
      .writeFailed, "cannot be written: \(reason). Check the path, its permissions and the room on the disk.",
      at: .init(file: path))
  }

  private static let wkt =
    "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],"
    + "UNIT[\"degree\",0.0174532925199433],AUTHORITY[\"EPSG\",\"4326\"]]"

  /// The tables that the standard requires (sections 1.1.2, 1.1.3 and 2.1.5), and the two layers.
  private static let schema = """
    PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;
    BEGIN;
    CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
      organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
    INSERT INTO gpkg_spatial_ref_sys VALUES
      ('Undefined cartesian', -1, 'NONE', -1, 'undefined', NULL),
      ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL),
      ('WGS 84', 4326, 'EPSG', 4326, '\(wkt)', NULL);
    CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
      description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT '1970-01-01T00:00:00.000Z',
      min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
      srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
    CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
      geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
      PRIMARY KEY (table_name, column_name));
    INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES
      ('tracks', 'features', 'tracks', 4326), ('fixes', 'features', 'fixes', 4326);
    INSERT INTO gpkg_geometry_columns VALUES
      ('tracks', 'geom', 'LINESTRING', 4326, 0, 0), ('fixes', 'geom', 'POINT', 4326, 0, 0);
    CREATE TABLE tracks (id INTEGER PRIMARY KEY AUTOINCREMENT, geom LINESTRING, track_id TEXT, vehicle_id TEXT,
      start DATETIME, end DATETIME, fixes INTEGER);
    CREATE TABLE fixes (id INTEGER PRIMARY KEY AUTOINCREMENT, geom POINT, track_id TEXT, vehicle_id TEXT, time DATETIME,
      altitude_m DOUBLE, speed_mps DOUBLE, course_deg DOUBLE, accuracy_m DOUBLE);
    """
}
