import TriplineCore

/// Reads inputs one after the other, batch by batch, beside the engines.
actor TrackDecoder {
  /// Fixes in the order of the inputs, and the tracks that appeared with them.
  struct Batch: Sendable {
    var fixes: [Fix]
    var newTracks: ArraySlice<TrackTable.Track>
    /// 0-based number of the input.
    var input: Int
    /// How much of it has been read.
    var portion: Double?
  }

  private var waiting: ArraySlice<InputFile>
  private let inputCount: Int
  private let format: TrackFormat?
  private var reader: TrackReader?
  private var tracks = TrackTable()
  private(set) var report = ReadReport()
  private(set) var failures: [FormatError] = []

  init(_ inputs: [InputFile], format: TrackFormat?) {
    waiting = inputs[...]
    inputCount = inputs.count
    self.format = format
  }

  /// The next batch, or `nil` behind the last input. An input that cannot be opened or read on is noted, and the next
  /// one begins.
  func next() -> Batch? {
    while true {
      guard reader != nil || openNext() else { return nil }
      var fixes: [Fix] = []
      fixes.reserveCapacity(TrackReader.batchSize)
      let known = tracks.count
      do throws(FormatError) {
        if try reader?.read(into: &fixes, tracks: &tracks) == true {
          return Batch(
            fixes: fixes, newTracks: tracks.tracks[known...], input: inputCount - waiting.count - 1,
            portion: reader?.portionRead ?? nil)
        }
      } catch {
        failures.append(error)
      }
      if let report = reader?.report { self.report.merge(report) }
      reader = nil
    }
  }

  /// Opens the next input that can be opened.
  private func openNext() -> Bool {
    while let input = waiting.popFirst() {
      do throws(FormatError) {
        reader = try TrackReader(input, format: format)
        return true
      } catch {
        failures.append(error)
      }
    }
    return false
  }
}
