/// Gives each recorded track a dense 32-bit index in the order of first appearance, and keeps its ids.
///
/// A track is known by its vehicle's id and its own, so that two vehicles may both have a track `1`. A track that goes
/// on in a second file stays one track.
public struct TrackTable: Codable, Sendable {
  /// One recorded track.
  public struct Track: Sendable, Hashable, Codable {
    /// The track's id, unique among the tracks of its vehicle.
    public var trackID: String
    /// The vehicle's id.
    public var vehicleID: String
    /// The id of who drives, or empty where its first row does not say.
    public var driverID: String
    /// The name of the input in which it appeared first.
    public var source: String

    /// Creates a track.
    public init(trackID: String, vehicleID: String, driverID: String = "", source: String) {
      self.trackID = trackID
      self.vehicleID = vehicleID
      self.driverID = driverID
      self.source = source
    }
  }

  private struct Key: Hashable {
    var vehicleID: String
    var trackID: String
  }

  /// The tracks, by index.
  public private(set) var tracks: [Track] = []
  private var rows: [UInt32] = []
  private var newest: [Int64] = []
  private var indices: [Key: UInt32] = [:]

  /// Creates an empty table.
  public init() {}

  private enum CodingKeys: CodingKey { case tracks, rows, newest }

  /// Reads a table as it was written.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    tracks = try values.decode([Track].self, forKey: .tracks)
    rows = try values.decode([UInt32].self, forKey: .rows)
    newest = try values.decode([Int64].self, forKey: .newest)
    guard tracks.count == rows.count && rows.count == newest.count else {
      throw DecodingError.dataCorruptedError(forKey: .rows, in: values, debugDescription: "not one for each track")
    }
    for (index, track) in tracks.enumerated() {
      indices[Key(vehicleID: track.vehicleID, trackID: track.trackID)] = UInt32(index)
    }
  }

  /// Writes all but what follows from the ids.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(tracks, forKey: .tracks)
    try values.encode(rows, forKey: .rows)
    try values.encode(newest, forKey: .newest)
  }

  /// The number of tracks.
  public var count: Int { tracks.count }

  /// The track at `index`, which is the `vehicle` of its fixes.
  ///
  /// - Precondition: `index` came from this table.
  public subscript(index: UInt32) -> Track { tracks[Int(index)] }

  /// The number of rows of a track read so far, good and bad.
  ///
  /// - Precondition: `index` came from this table.
  public func rowCount(of index: UInt32) -> Int { Int(rows[Int(index)]) }

  /// The index of a track, or `nil` where the table does not have it.
  public func index(vehicleID: String, trackID: String) -> UInt32? {
    indices[Key(vehicleID: vehicleID, trackID: trackID)]
  }

  /// The index of a track, which is added where the table does not have it yet.
  public mutating func insert(_ track: Track) -> UInt32 {
    let key = Key(vehicleID: track.vehicleID, trackID: track.trackID)
    if let index = indices[key] { return index }
    let index = UInt32(tracks.count)
    tracks.append(track)
    rows.append(0)
    newest.append(.min)
    indices[key] = index
    return index
  }

  /// Notes the time of a fix; returns whether an earlier row of its track has a later one.
  @inline(__always)
  mutating func noteTime(of index: UInt32, _ time: Int64) -> Bool {
    if time < newest[Int(index)] { return true }
    newest[Int(index)] = time
    return false
  }

  /// Counts a row of a track and returns its 0-based number.
  mutating func countRow(of index: UInt32) -> UInt32 {
    let row = rows[Int(index)]
    rows[Int(index)] = row &+ 1
    return row
  }
}
