import Dispatch
import Glibc
import Synchronization

/// Writes whole lines to one place, one after the other.
///
/// A disk or whoever reads may let it wait: that holds up a thread of its own and nothing else, and who waits for a line does so
/// for a limited time. A line that has been begun is finished before the next one, whoever asks for that: all receivers at a
/// place share its writer, those of before a reload too.
final class LineWriter: Sendable {
  /// That of the standard output.
  static let standardOutput = LineWriter(descriptor: STDOUT_FILENO)

  private let path: String?
  private let queue = DispatchQueue(label: "tripline.lines")
  private let waiting = Mutex<(jobs: [LineJob], isBusy: Bool)>(([], false))
  /// Used on the queue alone.
  private let place: Mutex<Place>

  /// What is written to.
  private struct Place {
    /// `nil` before the first line of a file.
    var descriptor: Int32?
    /// Whether what is written stays there: a file, and no pipe and no terminal.
    var isFile = false
    /// The line that was begun last, and what is still to be written of it.
    var line: [UInt8] = []
    var rest: ArraySlice<UInt8> = []
    /// Lines that were written after nobody waited for them any more: whoever comes back for one need not have it again.
    var late: Set<[UInt8]> = []
  }

  private struct Problem: Error {
    let note: String

    init(_ number: Int32) { note = String(cString: strerror(number)).lowercased() }
    init(note: String) { self.note = note }
  }

  /// Bytes that go at once into what is no file: a pipe takes so many whole or not at all.
  private static let portion = 4096
  /// Without it a pipe whose reader goes away would be our end.
  private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  /// The writers of files by their paths, as long as somebody has them.
  private static let writers = Mutex<[String: Held]>([:])
  private struct Held {
    weak var writer: LineWriter?
  }

  /// The writer at the end of a file.
  static func at(_ path: String) -> LineWriter {
    writers.withLock { writers in
      if let writer = writers[path]?.writer { return writer }
      let writer = LineWriter(path: path)
      writers = writers.filter { $0.value.writer != nil }
      writers[path] = Held(writer: writer)
      return writer
    }
  }

  private init(path: String) {
    self.path = path
    place = Mutex(Place())
  }

  /// Writes to what is open already and stays so.
  init(descriptor: Int32) {
    path = nil
    place = Mutex(Place(descriptor: descriptor, isFile: Self.isFile(descriptor)))
  }

  deinit {
    guard path != nil else { return }
    place.withLock { if let open = $0.descriptor { _ = close(open) } }
  }

  /// Writes a line. In a file it is on the disk then.
  ///
  /// - Parameters:
  ///   - line: the line, with its end.
  ///   - limit: how long it is waited for in milliseconds.
  ///   - grace: the same once the task is cancelled.
  func write(_ line: [UInt8], within limit: Int64, grace: Int64) async -> Attempt {
    let job = LineJob(line)
    let note =
      path == nil
      ? "the reader of the standard output does not read" : "nobody reads it, or its disk does not write"
    let alarm = Task {
      try await Task.sleep(for: .milliseconds(limit))
      job.end(.failed(note))
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      add(job)
      return await job.result
    } onCancel: {
      Task {
        try await Task.sleep(for: .milliseconds(grace))
        job.end(.failed("it was stopped"))
      }
    }
  }

  private func add(_ job: LineJob) {
    let wasBusy = waiting.withLock { waiting in
      waiting.jobs.append(job)
      defer { waiting.isBusy = true }
      return waiting.isBusy
    }
    if !wasBusy { queue.async { self.writeAll() } }
  }

  private func writeAll() {
    _ = Self.ignoresBrokenPipes
    while let jobs = next() { place.withLock { Self.write(jobs, to: &$0, at: path) } }
  }

  /// All that waits; nothing more is written before something is added where that is nothing.
  private func next() -> [LineJob]? {
    waiting.withLock { waiting in
      guard !waiting.jobs.isEmpty else {
        waiting.isBusy = false
        return nil
      }
      defer { waiting.jobs = [] }
      return waiting.jobs
    }
  }

  /// Writes lines, of which those of a file go to the disk at once.
  private static func write(_ jobs: [LineJob], to place: inout Place, at path: String?) {
    do throws(Problem) {
      if let path { try open(path, &place) }
    } catch {
      for job in jobs { job.end(.failed(error.note)) }
      return
    }
    guard let descriptor = place.descriptor else { return }
    var written: [LineJob] = []
    for job in jobs {
      do throws(Problem) {
        if try put(job, to: &place, descriptor) { written.append(job) }
      } catch {
        job.end(.failed(error.note))
      }
    }
    let end = place.isFile && !written.isEmpty ? synchronized(descriptor) : .delivered
    for job in written where job.isOver { place.late.insert(job.line) }
    for job in written { job.end(end) }
  }

  private static func synchronized(_ descriptor: Int32) -> Attempt {
    // What is no file on a disk has nothing to synchronise.
    guard fdatasync(descriptor) != 0, ![EINVAL, EROFS, ENOTSUP].contains(errno) else { return .delivered }
    return .failed(Problem(errno).note)
  }

  /// Writes a line behind the one that was begun before; `false` where nobody waits for it any more before it is through.
  private static func put(_ job: LineJob, to place: inout Place, _ descriptor: Int32) throws(Problem) -> Bool {
    if !place.rest.isEmpty {
      guard try finish(&place, descriptor, for: job) else { return false }
      place.late.insert(place.line)
    }
    if place.late.remove(job.line) != nil { return true }
    guard !job.isOver else { return false }
    place.line = job.line
    place.rest = job.line[...]
    guard try finish(&place, descriptor, for: job) else {
      if place.rest.count == job.line.count { place.rest = [] }
      return false
    }
    return true
  }

  /// Writes what is left of a line; `false` where nobody waits for a job any more before that is done.
  private static func finish(
    _ place: inout Place, _ descriptor: Int32, for job: LineJob
  ) throws(Problem) -> Bool {
    let size = place.isFile ? lseek(descriptor, 0, SEEK_END) : 0
    while !place.rest.isEmpty {
      guard place.isFile || isReady(descriptor, for: job) else { return false }
      let length = place.isFile ? place.rest.count : min(portion, place.rest.count)
      let count = place.rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, length) }
      if count < 0 {
        let number = errno
        if number == EINTR || number == EAGAIN { continue }
        // Whoever reads next must not begin in the middle.
        place.rest = []
        throw Problem(number)
      }
      place.rest = place.rest.dropFirst(count)
      if place.isFile && !place.rest.isEmpty {
        // Half a line at the end would spoil the next one.
        _ = ftruncate(descriptor, size)
        _ = lseek(descriptor, size, SEEK_SET)
        place.rest = []
        throw Problem(ENOSPC)
      }
    }
    return true
  }

  /// Waits until something can be written, or there is an error to be told by writing.
  private static func isReady(_ descriptor: Int32, for job: LineJob) -> Bool {
    while !job.isOver {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let count = poll(&wait, 1, 100)
      if count > 0 || count < 0 && errno != EINTR { return !job.isOver }
    }
    return false
  }

  // MARK: Files

  private typealias Status = stat

  /// Opens what has the name now, unless it is open: not a file that was renamed or removed since.
  private static func open(_ path: String, _ place: inout Place) throws(Problem) {
    if let held = place.descriptor, isOpen(path, as: held) { return }
    // A pipe that nobody reads is refused at once, and not waited for.
    let flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK
    var opened = Glibc.open(path, flags)
    let isNew = opened < 0 && errno == ENOENT
    if isNew { opened = Glibc.open(path, flags | O_CREAT, 0o640) }
    guard opened >= 0 else { throw errno == ENXIO ? Problem(note: "nobody reads it") : Problem(errno) }
    if let held = place.descriptor { _ = close(held) }
    place = Place(descriptor: opened, isFile: isFile(opened))
    if isNew { synchronizeFolder(of: path) }
    if place.isFile && !isNew && endsWithinLine(path) {
      // What was being written when the power went.
      place.rest = [UInt8(ascii: "\n")]
    }
  }

  /// Whether a descriptor is of the file that has a name.
  private static func isOpen(_ path: String, as descriptor: Int32) -> Bool {
    withUnsafeTemporaryAllocation(of: Status.self, capacity: 2) { both in
      guard let named = both.baseAddress, stat(path, named) == 0, fstat(descriptor, named + 1) == 0 else {
        return false
      }
      // Which module the members of the type belong to depends on what else is imported anywhere. The device and the number of
      // the file come first.
      let (bytes, stride) = (UnsafeRawBufferPointer(both), MemoryLayout<Status>.stride)
      let count = 2 * MemoryLayout<UInt64>.size
      return bytes[..<count].elementsEqual(bytes[stride..<(stride + count)])
    }
  }

  /// Whether there are places to go to in it.
  private static func isFile(_ descriptor: Int32) -> Bool { lseek(descriptor, 0, SEEK_CUR) >= 0 }

  private static func endsWithinLine(_ path: String) -> Bool {
    let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard opened >= 0 else { return false }
    defer { close(opened) }
    var last = UInt8(ascii: "\n")
    guard lseek(opened, -1, SEEK_END) >= 0, read(opened, &last, 1) == 1 else { return false }
    return last != UInt8(ascii: "\n")
  }

  /// The name of a new file is on the disk as well then.
  private static func synchronizeFolder(of path: String) {
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let opened = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { return }
    _ = fsync(opened)
    close(opened)
  }
}
