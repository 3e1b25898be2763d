import Foundation
import TriplineCore
import TriplineFormats

/// The file in which a job keeps where it is, so that it goes on there after it was interrupted.
struct ScoreJob {
  /// Where a job is: what was read, what was written, and what was summed up.
  struct State: Codable {
    var replay: Replay.Checkpoint
    /// Bytes of the output that belong to it.
    var written: Int
    var summaries: [String: ScoreSummary]
    var total: ScoreSummary
  }

  /// What the file holds: a state belongs to one job, with the same inputs and options.
  private struct File: Codable {
    var format = 1
    var job: [String]
    var state: State?
    /// Whether the job has come to its end.
    var isDone = false
    /// The exit status it came to its end with; 0 unless given.
    var status: Int32?
  }

  private let path: String
  private let job: [String]

  /// - Parameters:
  ///   - path: the file of the state.
  ///   - arguments: those of the command.
  ///   - files: all files that the result depends on; none may have changed.
  init(path: String, arguments: [String], files: [String]) {
    self.path = path
    job =
      arguments
      + files.map { name in
        // What was written to an archive last may stand in its log alone.
        ([Self.look(at: name) ?? "-1 0"] + [Self.look(at: name + "-wal")].compactMap { $0 })
          .reduce(name) { $0 + " " + $1 }
      }
  }

  /// The size of a file and when it was changed last; `nil` where it is not there, or empty.
  private static func look(at name: String) -> String? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: name),
      let size = attributes[.size] as? Int, size > 0
    else { return nil }
    return "\(size) \((attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0)"
  }

  /// The state of an earlier run, `nil` where there was none, and the exit status that it came to its end with, `nil` where it has not.
  ///
  /// - Throws: `malformedDocument`, and `badValue` where the file is of another job.
  func load() throws(FormatError) -> (state: State?, status: Int32?) {
    guard FileManager.default.fileExists(atPath: path) else { return (nil, nil) }
    let place = FormatError.Place(file: path)
    let file: File
    do {
      file = try PropertyListDecoder().decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw FormatError(.malformedDocument, "is no state of a job. Remove it to begin anew.", at: place)
    }
    guard file.format == 1, file.job == job else {
      throw FormatError(
        .badValue,
        "belongs to a job with other inputs or options, or one of its files has changed. Give what was given then, or "
          + "remove it to begin anew.", at: place)
    }
    return (file.state, file.isDone ? file.status ?? 0 : nil)
  }

  /// Puts a state in the place of the one before: whenever the job is killed, one of the two is there.
  func save(_ state: State) throws(FormatError) { try save(File(job: job, state: state)) }

  /// Notes that the job has come to its end with an exit status.
  func finish(_ status: Int32) throws(FormatError) { try save(File(job: job, isDone: true, status: status)) }

  private func save(_ file: File) throws(FormatError) {
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    do {
      let data = try encoder.encode(file)
      let new = URL(fileURLWithPath: path + ".new")
      FileManager.default.createFile(atPath: new.path, contents: nil)
      let handle = try FileHandle(forWritingTo: new)
      try handle.write(contentsOf: data)
      try handle.synchronize()
      try handle.close()
    } catch {
      throw FormatError(
        .writeFailed, "cannot be written: \(error.localizedDescription). Check the path and the room on the disk.",
        at: .init(file: path))
    }
    guard rename(path + ".new", path) == 0 else {
      throw FormatError(.writeFailed, "cannot be put in its place. Check its permissions.", at: .init(file: path))
    }
  }
}
