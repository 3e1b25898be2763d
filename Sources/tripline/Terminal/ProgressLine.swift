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
    let text = Self.text(progress, inputs: inputs, seconds: (now - start) / .seconds(1))
    FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
    hasDrawn = true
  }

  /// The line: a bar by the portion of all inputs that has been read, each counting as much as any other.
  static func text(_ progress: Replay.Progress, inputs: Int, seconds: Double) -> String {
    let width = 24
    let portion = (Double(progress.input - 1) + (progress.portion ?? 0)) / Double(max(1, inputs))
    let filled = Int(Double(width) * min(1, portion))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let rate = Double(progress.fixes) / max(seconds, 0.001) / 1e6
    return String(
      format: "[%@] input %d of %d, %d fixes, %.2f M/s", bar, progress.input, inputs, progress.fixes, rate)
  }

  /// Takes the line away.
  func finish() {
    if hasDrawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
