import Foundation
import TriplineFormats

/// One line on standard error that tells how far long work is; nothing where that is no terminal.
final class ProgressLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let inputs: Int
  private let start = ContinuousClock.now
  private var next: ContinuousClock.Instant
  private var hasDrawn = false
  /// How far it was when it was asked first: what a run takes up where another one left off has cost no time.
  private var before: (portion: Double, fixes: Int)?

  /// Shows nothing in the first second.
  init(inputs: Int) {
    self.inputs = inputs
    next = start + .seconds(1)
  }

  /// Draws the line anew, at most five times a second.
  func update(_ progress: Replay.Progress) {
    guard isShown else { return }
    let before = before ?? (Self.portion(progress, inputs: inputs), progress.fixes)
    self.before = before
    let now = ContinuousClock.now
    guard now >= next else { return }
    next = now + .milliseconds(200)
    let text = Self.text(progress, inputs: inputs, seconds: (now - start) / .seconds(1), since: before)
    FileHandle.standardError.write(Data("\r\(text)\u{1B}[K".utf8))
    hasDrawn = true
  }

  /// How much of all inputs has been read, each counting as much as any other.
  private static func portion(_ progress: Replay.Progress, inputs: Int) -> Double {
    (Double(progress.input - 1) + (progress.portion ?? 0)) / Double(max(1, inputs))
  }

  /// The line: a bar by the portion of all inputs that has been read, the rate, and the time that is left at it.
  static func text(
    _ progress: Replay.Progress, inputs: Int, seconds: Double, since before: (portion: Double, fixes: Int) = (0, 0)
  ) -> String {
    let width = 24
    let portion = portion(progress, inputs: inputs)
    let filled = Int(Double(width) * min(1, portion))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let rate = Double(progress.fixes - before.fixes) / max(seconds, 0.001) / 1e6
    let line = String(
      format: "[%@] input %d of %d, %d fixes, %.2f M/s", bar, progress.input, inputs, progress.fixes, rate)
    guard portion > before.portion, portion < 1, seconds >= 1 else { return line }
    return line + ", \(duration(seconds * (1 - portion) / (portion - before.portion))) left"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// Takes the line away.
  func finish() {
    if hasDrawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
