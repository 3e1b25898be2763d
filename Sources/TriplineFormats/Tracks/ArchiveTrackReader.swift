import CSQLite
import TriplineCore

/// Reads tracks from an archive, the SQLite file that `tripline sync` writes: each vehicle's tracks in the order of their
/// start, each track's fixes in the order of time.
///
/// `Documentation/Archive.md` describes the tables. What others write meanwhile is not seen: all is read in one transaction.
struct ArchiveTrackReader: ~Copyable {
  /// What a SQLite file begins with.
  static let magic = Array("SQLite format 3\0".utf8)

  private struct PendingTrack {
    var id: Int64
    var vehicle: Int64
    var times: ClosedRange<Int64>
    var track: TrackTable.Track
  }

  private let connection: SQLiteConnection
  private let fixes: SQLiteStatement
  private let file: String
  private var waiting: ArraySlice<PendingTrack>
  private var isWithinTrack = false
  private var current: UInt32 = 0
  private let total: Int
  private var check = FixCheck()
  private(set) var report = ReadReport()

  /// How much has been read, from 0 to 1.
  var portionRead: Double { total > 0 ? min(1, Double(report.rows) / Double(total)) : 1 }

  /// Opens an archive.
  ///
  /// - Throws: `unreadableFile`, and `unsupportedFormat` where it is no archive.
  init(_ input: InputFile) throws(FormatError) {
    guard case .path(let path) = input.origin else {
      throw FormatError(
        .unsupportedFormat, "an archive is read from a file, by its path.", at: .init(file: input.name))
    }
    let connection = try SQLiteConnection(path: path, name: input.name)
    try connection.execute("BEGIN")
    guard try Self.isArchive(connection) else {
      throw FormatError(
        .unsupportedFormat, "is a SQLite file, but no archive of tripline. Convert it to CSV, NDJSON or GPX.",
        at: .init(file: input.name))
    }
    let list = try connection.prepare(
      """
      SELECT track.id, track.vehicle, track.first_fix, track.last_fix, track.remote_id, vehicle.remote_id, track.driver_id
      FROM track JOIN vehicle ON vehicle.id = track.vehicle
      WHERE track.first_fix IS NOT NULL AND gone < 2 ORDER BY track.vehicle, track.first_fix, track.id
      """)
    var tracks: [PendingTrack] = []
    while try list.step() {
      tracks.append(
        PendingTrack(
          id: list.integer(0), vehicle: list.integer(1), times: list.integer(2)...max(list.integer(2), list.integer(3)),
          track: TrackTable.Track(
            trackID: list.text(4), vehicleID: list.text(5), driverID: list.text(6), source: input.name)))
    }
    let count = try connection.prepare("SELECT coalesce(sum(fix_count), 0) FROM track")
    let total = try count.step() ? Int(count.integer(0)) : 0
    let fixes = try connection.prepare(
      """
      SELECT time, latitude, longitude, altitude, speed, bearing, accuracy, delay FROM fix
      WHERE vehicle = ? AND time BETWEEN ? AND ? AND track = ? ORDER BY time, copy
      """)
    file = input.name
    (self.connection, self.fixes, self.total) = (connection, fixes, total)
    waiting = tracks[...]
  }

  private static func isArchive(_ connection: SQLiteConnection) throws(FormatError) -> Bool {
    let tables = try connection.prepare("SELECT count(*) FROM sqlite_master WHERE name IN ('vehicle', 'track', 'fix')")
    return try tables.step() && tables.integer(0) == 3
  }

  /// Appends fixes until there are `limit` more, or until the end; returns whether any was appended.
  mutating func read(into batch: inout [Fix], limit: Int, tracks: inout TrackTable) throws(FormatError) -> Bool {
    let end = batch.count + limit
    let start = batch.count
    while batch.count < end {
      guard isWithinTrack else {
        guard let next = waiting.popFirst() else { break }
        current = tracks.insert(next.track)
        fixes.reset()
        for (index, value) in [next.vehicle, next.times.lowerBound, next.times.upperBound, next.id].enumerated() {
          fixes.bind(value, at: index + 1)
        }
        isWithinTrack = true
        continue
      }
      guard try fixes.step() else {
        isWithinTrack = false
        continue
      }
      let fix = fix(sequence: tracks.countRow(of: current))
      report.rows += 1
      report.delivered += 1
      check.look(at: fix, &tracks, &report, place: FormatError.Place(file: file))
      batch.append(fix)
    }
    return batch.count > start
  }

  private func fix(sequence: UInt32) -> Fix {
    let time = fixes.integer(0)
    return Fix(
      vehicle: current, time: time, latitude: Double(fixes.integer(1)) / 1e7, longitude: Double(fixes.integer(2)) / 1e7,
      speed: fixes.optional(4).map { Float($0) / 100 }, course: fixes.optional(5).map { Float($0) / 10 },
      altitude: fixes.optional(3).map { Float($0) / 10 }, accuracy: fixes.optional(6).map { Float($0) / 10 },
      received: fixes.optional(7).map { time + $0 }, sequence: sequence)
  }
}
