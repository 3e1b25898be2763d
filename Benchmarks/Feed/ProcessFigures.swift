import Foundation

/// What a process has used.
enum ProcessFigures {
  /// Seconds of CPU time of this process, of all threads.
  static var cpu: Double { Double(clock()) / 1e6 }

  /// MiB of this process in memory.
  static var resident: Int { (kibibytes("VmRSS", of: "self") ?? 0) / 1024 }

  /// The most MiB that a process has had in memory so far; `nil` where it is gone.
  static func peak(of process: Int32) -> Int? { kibibytes("VmHWM", of: "\(process)").map { $0 / 1024 } }

  private static func kibibytes(_ name: String, of process: String) -> Int? {
    let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }
}
