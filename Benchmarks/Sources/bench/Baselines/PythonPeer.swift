import Foundation
import TriplineCore

/// Libraries of trips in Python, which `Scripts/bench --case peers` fetches and `Benchmarks/Peers/trips.py` measures.
struct PythonPeer {
  /// What a library took for one operation, and what it found.
  struct Measurement: Decodable {
    var operation: String
    var fixes: Int
    var seconds: [Double]
    var found: Double?

    /// Nanoseconds a fix.
    var quantiles: Quantiles {
      let sorted = seconds.sorted().map { $0 * 1e9 / Double(fixes) }
      func quantile(_ share: Double) -> Double { sorted[Int((Double(sorted.count - 1) * share).rounded())] }
      return Quantiles(p10: quantile(0.1), median: quantile(0.5))
    }
  }

  /// Its name in `trips.py` and of its folder.
  let library: String
  /// Its name and version.
  let name: String

  static let all = [
    PythonPeer(library: "movingpandas", name: "MovingPandas 0.23.0"),
    PythonPeer(library: "scikit-mobility", name: "scikit-mobility 1.3.1"),
    PythonPeer(library: "trackintel", name: "trackintel 1.4.2"),
    PythonPeer(library: "infostop", name: "infostop 0.1.9"),
  ]

  /// Measures the operations that it has, on tracks in memory; none where it is not there.
  func measure(_ tracks: [[Fix]], parked: Bool) throws -> [Measurement] {
    let environment = ProcessInfo.processInfo.environment
    guard let peers = environment["TRIPLINE_PEERS"], let script = environment["TRIPLINE_PEER_SCRIPT"],
      FileManager.default.fileExists(atPath: "\(peers)/\(library)/complete")
    else {
      FileHandle.standardError.write(Data("note: \(name) is not there; its rows are left out\n".utf8))
      return []
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    let rows = tracks.enumerated().flatMap { track, fixes in
      fixes.map { "\(track),\($0.time),\($0.latitude),\($0.longitude)\n" }
    }
    try rows.joined().write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, library, file.path] + (parked ? ["parked"] : [])
    process.environment = environment.merging([
      "PYTHONPATH": "\(peers)/\(library)", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    ]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError(description: "\(name) failed; its own words stand above")
    }
    return try output.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Measurement.self, from: $0) }
  }
}
