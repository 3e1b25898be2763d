import TriplineCore

/// All tracks of some inputs, read whole.
public struct RecordedInputs: Sendable {
  /// The tracks in the order of their first rows, with their fixes in the order of time.
  public private(set) var tracks: [ExportedTrack] = []
  /// What reading came to.
  public private(set) var report = ReadReport()
  /// Inputs that could not be read, or not to their end.
  public private(set) var failures: [FormatError] = []

  /// Reads inputs one after the other; a track that goes on in a later one stays one track.
  public init(
    _ inputs: [InputFile], format: TrackFormat? = nil, progress: (Replay.Progress) -> Void = { _ in }
  ) {
    var ofTrack: [[Fix]] = []
    let read = TrackInputs(reading: inputs, format: format, progress: progress) { batch, tracks in
      while ofTrack.count < tracks.count { ofTrack.append([]) }
      for fix in batch { ofTrack[Int(fix.vehicle)].append(fix) }
    }
    (report, failures) = (read.report, read.failures)
    tracks = ofTrack.enumerated().map { ExportedTrack(read.tracks[UInt32($0.offset)], $0.element) }
  }
}
