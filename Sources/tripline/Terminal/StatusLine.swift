import Foundation

/// One line on standard error that is drawn over and over, at most five times a second; nothing where that is no terminal.
final class StatusLine {
  private let isShown = isatty(STDERR_FILENO) == 1
  private var next: ContinuousClock.Instant
  private var hasDrawn = false

  /// Shows nothing in the first second.
  init() { next = .now + .seconds(1) }

  /// Draws the line anew.
  func draw(_ text: @autoclosure () -> String) {
    guard isShown, .now >= next else { return }
    next = .now + .milliseconds(200)
    FileHandle.standardError.write(Data("\r\(text())\u{1B}[K".utf8))
    hasDrawn = true
  }

  /// Takes the line away.
  func finish() {
    if hasDrawn { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }

  /// A bar that is filled up to a portion from 0 to 1.
  static func bar(_ portion: Double) -> String {
    let width = 24
    let filled = Int(Double(width) * min(1, portion))
    return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "]"
  }
}
