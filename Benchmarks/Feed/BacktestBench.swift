import Foundation

/// Measures `tripline backtest` as a program, over a synthetic month of a fleet: what it takes and how much memory it has at most.
///
/// The tracks are plain CSV, a file a vehicle: of gzip the one core that reads them has more to do, a third as it was measured.
struct BacktestBench {
  /// Seconds that a month of 500 vehicles may take.
  private static let target = 120.0
  /// Bytes of a row, a little more than there are.
  private static let rowSize = 48

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Makes the tracks in a folder, runs the command over them and prints what it took.
  static func run(_ command: String, in folder: URL, vehicles: Int, days: Int) async throws {
    let month = SyntheticMonth(vehicles: vehicles, days: days)
    let free = try FileManager.default.attributesOfFileSystem(forPath: folder.path)[.systemFreeSize] as? Int ?? .max
    guard free > month.fixes * rowSize else {
      throw Failure(
        description:
          "the tracks take \(month.fixes * rowSize / 1_000_000_000) GB, more than is free at \(folder.path). Set TMPDIR."
      )
    }
    let begun = ContinuousClock.now
    let rules = try SyntheticMonth.writeRules(in: folder)
    let tracks = try await month.writeTracks(in: folder)
    let size = tracks.reduce(0) { sum, path in
      sum + ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0)
    }
    print(
      String(
        format:
          "synthetic tracks: %d vehicles, %d days, a fix every %d s: %d files of plain CSV, %.2f GB, written in %.0f s",
        vehicles, days, SyntheticMonth.interval, tracks.count, Double(size) / 1e9,
        (ContinuousClock.now - begun) / .seconds(1)))
    let output = folder.appending(path: "alerts.ndjson")
    let notes = folder.appending(path: "notes.txt")
    let (seconds, peak) = try measure(
      command, ["backtest", "--rules", rules, "-o", "ndjson", "-O", output.path] + tracks, notes: notes)
    print(try String(contentsOf: notes, encoding: .utf8), terminator: "")
    let alerts = try Data(contentsOf: output, options: .mappedIfSafe).count { $0 == UInt8(ascii: "\n") }
    let isWhole = vehicles == 500 && days == 30
    print(
      String(
        format:
          "backtest: %d fixes of %d files, %d fences, 5 rules, %d alerts: %.1f s, %.0f fixes/s, %d MiB at most; target %@",
        month.fixes, tracks.count, SyntheticMonth.fences, alerts, seconds, Double(month.fixes) / seconds, peak,
        isWhole ? "\(Int(target)) s: \(seconds <= target ? "met" : "missed")" : "for 500 vehicles and 30 days only"))
  }

  /// Seconds that a command takes, and the most MiB that it has in memory.
  private static func measure(
    _ command: String, _ arguments: [String], notes: URL
  ) throws -> (seconds: Double, peak: Int) {
    guard FileManager.default.createFile(atPath: notes.path, contents: nil) else {
      throw Failure(description: "\(notes.path) cannot be written.")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    process.standardError = try FileHandle(forWritingTo: notes)
    let begun = ContinuousClock.now
    try process.run()
    var peak = 0
    while process.isRunning {
      peak = max(peak, ProcessFigures.peak(of: process.processIdentifier) ?? 0)
      Thread.sleep(forTimeInterval: 0.02)
    }
    process.waitUntilExit()
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
    guard process.terminationStatus == 0 else {
      let text = (try? String(contentsOf: notes, encoding: .utf8)) ?? ""
      throw Failure(description: "\(command) has ended with status \(process.terminationStatus): \(text)")
    }
    return (seconds, peak)
  }
}
