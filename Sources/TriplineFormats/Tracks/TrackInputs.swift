public import TriplineCore

/// What reading several inputs one after the other came to; their fixes are handed on as they come.
public struct TrackInputs: Sendable {
  /// All tracks; one that goes on in a later input stays one track.
  public private(set) var tracks = TrackTable()
  /// What reading came to.
  public private(set) var report = ReadReport()
  /// Inputs that could not be read, or not to their end.
  public private(set) var failures: [FormatError] = []

  /// Reads all inputs, in order.
  ///
  /// - Parameters:
  ///   - inputs: the inputs.
  ///   - format: their format; `nil` where each tells its own.
  ///   - progress: called after each batch.
  ///   - take: takes the next fixes, in the order of their inputs, and the tracks known so far, theirs among them.
  public init(
    reading inputs: [InputFile], format: TrackFormat? = nil, progress: (Replay.Progress) -> Void = { _ in },
    take: ([Fix], TrackTable) -> Void
  ) {
    var count = 0
    var batch: [Fix] = []
    for (number, input) in inputs.enumerated() {
      do throws(FormatError) {
        var reader = try TrackReader(input, format: format)
        defer { report.merge(reader.report) }
        while try reader.read(into: &batch, tracks: &tracks) {
          take(batch, tracks)
          count += batch.count
          batch.removeAll(keepingCapacity: true)
          progress(Replay.Progress(fixes: count, input: number + 1, portion: reader.portionRead))
        }
      } catch {
        failures.append(error)
      }
      batch.removeAll(keepingCapacity: true)
    }
  }
}
