import Foundation
import TriplineFormats

/// Tells how far long work on inputs is.
final class ProgressLine {
  private let line = StatusLine()
  private let inputs: Int
  private let start = ContinuousClock.now
  /// How far it was when it was asked first: what a run takes up where another one left off has cost no time.
  private var before: (portion: Double, fixes: Int)?

  init(inputs: Int) { self.inputs = inputs }

  /// Work has gone on.
  func update(_ progress: Replay.Progress) {
    let before = before ?? (Self.portion(progress, inputs: inputs), progress.fixes)
    self.before = before
    line.draw(Self.text(progress, inputs: inputs, seconds: (.now - start) / .seconds(1), since: before))
  }

  /// How much of all inputs has been read, each counting as much as any other.
  private static func portion(_ progress: Replay.Progress, inputs: Int) -> Double {
    (Double(progress.input - 1) + (progress.portion ?? 0)) / Double(max(1, inputs))
  }

  /// The line: a bar by the portion of all inputs that has been read, the rate, and the time that is left at it.
  static func text(
    _ progress: Replay.Progress, inputs: Int, seconds: Double, since before: (portion: Double, fixes: Int) = (0, 0)
  ) -> String {
    let portion = portion(progress, inputs: inputs)
    let rate = Double(progress.fixes - before.fixes) / max(seconds, 0.001) / 1e6
    let line = String(
      format: "%@ input %d of %d, %d fixes, %.2f M/s", StatusLine.bar(portion), progress.input, inputs, progress.fixes,
      rate)
    guard portion > before.portion, portion < 1, seconds >= 1 else { return line }
    return line + ", \(duration(seconds * (1 - portion) / (portion - before.portion))) left"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// Takes the line away.
  func finish() { line.finish() }
}
