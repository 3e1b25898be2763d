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
    var table = TrackTable()
    var ofTrack: [[Fix]] = []
    var count = 0
    var batch: [Fix] = []
    for (number, input) in inputs.enumerated() {
      do throws(FormatError) {
        var reader = try TrackReader(input, format: format)
        defer { report.merge(reader.report) }
        while try reader.read(into: &batch, tracks: &table) {
          while ofTrack.count < table.count { ofTrack.append([]) }
          for fix in batch { ofTrack[Int(fix.vehicle)].append(fix) }
          count += batch.count
          batch.removeAll(keepingCapacity: true)
          progress(Replay.Progress(fixes: count, input: number + 1, portion: reader.portionRead))
        }
      } catch {
        failures.append(error)
      }
      batch.removeAll(keepingCapacity: true)
    }
    tracks = ofTrack.enumerated().map { ExportedTrack(table[UInt32($0.offset)], $0.element) }
  }
}
