import TriplineCore

/// Reads inputs one after the other, batch by batch, beside the engines.
actor TrackDecoder {
  /// Fixes in the order of the inputs, and the tracks that appeared with them.
  struct Batch: Sendable {
    var fixes: [Fix]
    var newTracks: ArraySlice<TrackTable.Track>
    /// Where reading can go on behind it.
    var position: Position
    /// 0-based number of the input.
    var input: Int
    /// How much of it has been read.
    var portion: Double?
  }

  /// A place between two fixes of an input, and what was known when that input began.
  struct Position: Codable, Sendable {
    /// 0-based number of the input.
    var input = 0
    /// Fixes of it that lie before.
    var fixes = 0
    var tracks = TrackTable()
    var report = ReadReport()
    var failures: [FormatError] = []
  }

  private var waiting: ArraySlice<InputFile>
  private let inputCount: Int
  private let format: TrackFormat?
  private var reader: TrackReader?
  private var tracks: TrackTable
  /// All tracks so far, those that an earlier run has read included.
  var allTracks: [TrackTable.Track] { tracks.tracks }
  private(set) var report: ReadReport
  private(set) var failures: [FormatError]
  /// Where the input that is being read began, and how much of it has been handed out.
  private var position: Position
  /// Fixes of the first input that were handed out in an earlier run.
  private var skipped: Int
  /// Tracks that were handed out.
  private var knownCount = 0

  init(_ inputs: [InputFile], format: TrackFormat?, from position: Position = Position()) {
    waiting = inputs.dropFirst(position.input)
    inputCount = inputs.count
    self.format = format
    self.position = position
    self.position.fixes = 0
    skipped = position.fixes
    tracks = position.tracks
    report = position.report
    failures = position.failures
  }

  /// The next batch, or `nil` behind the last input. An input that cannot be opened or read on is noted, and the next
  /// one begins.
  func next() -> Batch? {
    while true {
      guard reader != nil || openNext() else { return nil }
      var fixes: [Fix] = []
      fixes.reserveCapacity(TrackReader.batchSize)
      do throws(FormatError) {
        if try reader?.read(into: &fixes, tracks: &tracks) == true {
          position.fixes += fixes.count
          if skipped > 0 {
            let count = min(skipped, fixes.count)
            fixes.removeFirst(count)
            skipped -= count
            if fixes.isEmpty { continue }
          }
          let known = knownCount
          knownCount = tracks.count
          return Batch(
            fixes: fixes, newTracks: tracks.tracks[known...], position: position,
            input: inputCount - waiting.count - 1, portion: reader?.portionRead ?? nil)
        }
      } catch {
        failures.append(error)
      }
      if let report = reader?.report { self.report.merge(report) }
      reader = nil
      skipped = 0
    }
  }

  /// Opens the next input that can be opened.
  private func openNext() -> Bool {
    while let input = waiting.popFirst() {
      position = Position(
        input: inputCount - waiting.count - 1, tracks: tracks, report: report, failures: failures)
      do throws(FormatError) {
        reader = try TrackReader(input, format: format)
        return true
      } catch {
        failures.append(error)
        // What was to be left out was of this one.
        skipped = 0
      }
    }
    return false
  }
}
