import Foundation
import TriplineFormats

/// One line on standard error that tells how far long work is; nothing where that is no terminal.
final class ProgressLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let inputs: Int
  private let start = ContinuousClock.now
  private var next: ContinuousClock.Instant
  private var hasDrawn = false

  /// Shows nothing in the first second.
  init(inputs: Int) {
    self.inputs = inputs
    next = start + .seconds(1)
  }

  /// Draws the line anew, at most five times a second.
  func update(_ progress: Replay.Progress) {
    guard isShown else { return }
    let now = ContinuousClock.now
    guard now >= next else { return }
    next = now + .milliseconds(200)
    let seconds = (now - start) / .seconds(1)
    let width = 24
    let filled = width * (progress.input - 1) / max(1, inputs)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let rate = Double(progress.fixes) / max(seconds, 0.001) / 1e6
    let text = String(
      format: "\r[%@] input %d of %d, %d fixes, %.2f M/s\u{1B}[K", bar, progress.input, inputs, progress.fixes, rate)
    FileHandle.standardError.write(Data(text.utf8))
    hasDrawn = true
  }

  /// Takes the line away.
  func finish() {
    if hasDrawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
