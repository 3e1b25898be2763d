/// Who drives a track, row by row: a track has the driver of its first row, and a row that names another one is told.
struct DriverCheck {
  /// The driver that the last row of each track named, where it was another than that of the track.
  private var others: [UInt32: String] = [:]
  /// The track and the driver of the last row that was looked at.
  private var last: (track: UInt32, driver: [UInt8])?

  /// Whether a row names another driver than the one before, or is of another track.
  mutating func isNew(_ bytes: Span<UInt8>, _ field: Range<Int>, of track: UInt32) -> Bool {
    if let last, last.track == track, last.driver.count == field.count,
      last.driver.indices.allSatisfy({ last.driver[$0] == bytes[field.lowerBound + $0] })
    {
      return false
    }
    last = (track, field.map { bytes[$0] })
    return true
  }

  /// Looks at the driver that a row names; returns what is to be told of it.
  mutating func look(
    at driverID: String, of track: UInt32, in tracks: borrowing TrackTable, at place: FormatError.Place
  ) -> FormatError? {
    let known = tracks[track].driverID
    if driverID.isEmpty || known == driverID {
      if !others.isEmpty { others[track] = nil }
      return nil
    }
    // Told once for all rows that follow one another.
    if others[track] == driverID { return nil }
    others[track] = driverID
    let whose = known.isEmpty ? "nobody, as its first row names none" : known
    return FormatError(
      .driverChanges,
      "the driver is \(driverID) from here on; all trips of the track count for \(whose). Give the rows of each driver a track_id of "
        + "their own.", at: place)
  }
}
