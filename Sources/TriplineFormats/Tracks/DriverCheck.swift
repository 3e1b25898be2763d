/// Who drives a track, row by row: a track has one driver, and a row that names another one is told.
struct DriverCheck {
  /// The driver that the last row of each track named, where it was another than that of the track.
  private var others: [UInt32: String] = [:]

  /// Looks at the driver that a row names; returns what is to be told of it.
  mutating func look(
    at driverID: String, of track: UInt32, _ tracks: inout TrackTable, at place: FormatError.Place
  ) -> FormatError? {
    if driverID.isEmpty { return nil }
    let known = tracks.noteDriver(of: track, driverID)
    if known == driverID {
      others[track] = nil
      return nil
    }
    // Told once for all rows that follow one another.
    if others[track] == driverID { return nil }
    others[track] = driverID
    return FormatError(
      .driverChanges,
      "the driver is \(driverID) from here on, and that of the track \(known): all its trips count for \(known). Give the rows of "
        + "each driver a track_id of their own.", at: place)
  }
}
