import Foundation
import TriplineCore

/// Reads tracks from GPX.
///
/// Foundation's parser calls back and cannot pause, so it runs on a thread of its own and hands over batches.
struct GPXTrackReader: ~Copyable {
  private let input: InputFile
  private let handover: GPXHandover
  private var indices: [UInt32] = []
  private var isAtEnd = false
  private(set) var report = ReadReport()

  init(_ source: consuming sending ByteSource, input: InputFile, batchSize: Int) {
    self.input = input
    let handover = GPXHandover(source)
    self.handover = handover
    Thread.detachNewThread {
      guard let source = handover.takeSource() else { return }
      GPXDocument(input: input, batchSize: batchSize, deliver: handover.put).parse(source)
    }
  }

  deinit { handover.cancel() }

  /// Appends the fixes of the next batch that has any; returns whether there was one.
  mutating func read(into batch: inout [Fix], tracks: inout TrackTable) throws(FormatError) -> Bool {
    let start = batch.count
    while !isAtEnd, batch.count == start, let next = handover.take() {
      isAtEnd = next.isLast
      report = next.report
      for id in next.trackIDs.dropFirst(indices.count) {
        indices.append(tracks.insert(.init(trackID: id, vehicleID: input.stem, source: input.name)))
      }
      for row in next.rows {
        let sequence = tracks.countRow(of: indices[row.track])
        guard var fix = row.fix else { continue }
        fix.vehicle = indices[row.track]
        fix.sequence = sequence
        batch.append(fix)
      }
      if let failure = next.failure { throw failure }
    }
    return batch.count > start
  }
}
