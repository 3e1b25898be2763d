import Foundation
import Glibc
import TriplineCore
import TriplineService

/// The fences and fixes of `AlertLoad` through a Tile38 server that runs on this machine, and through Tripline: the CPU time of a fix in
/// each, the server's as the system counts it.
///
/// The server has to be an empty one. Tile38 gets the fences as channels of entries and exits and the fixes as `SET`s, 64 of them at once, and somebody reads all that it
/// tells. Its durability is what the server was started with.
struct Tile38Bench {
  /// Fixes that are measured, behind a round that makes the vehicles known.
  private static let fixes = 1_000_000
  /// Commands that are sent at once.
  private static let batch = 64

  /// Runs against the server at a port of the loopback and prints what it came to.
  static func run(port: UInt16, seconds: Double) async throws {
    let folder = URL(fileURLWithPath: ".build/tile38-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = try AlertLoad.configuration(in: folder)
    let (theirs, told) = try measure(port: port)
    let (engine, decided) = fencesAlone(configuration.fences)
    print("fences: \(AlertLoad.fences), vehicles: \(AlertLoad.vehicles), fixes: \(fixes)")
    print(String(format: "Tile38, entries and exits: %.2f us of CPU a fix, %d messages", theirs, told))
    print(
      String(
        format: "Tripline, the same by its engine, %d fixes at once: %.2f us, %d entries and exits: %.1f times less",
        batch, engine, decided, theirs / engine))
    for size in [2000, 20_000] {
      let service = try await AlertBench.batches(of: size, seconds: seconds, configuration, folder)
      print(
        String(
          format: "Tripline, everything on and on the disk, %d fixes at once: %.2f us: %.1f times less (10)", size,
          service, theirs / service))
    }
  }

  // MARK: Tile38

  private static func measure(port: UInt16) throws -> (cpu: Double, told: Int) {
    let server = try RespConnection(port: port)
    let process = try emptyServer(server)
    try server.commands(
      (0..<AlertLoad.fences).map { index in
        let center = AlertLoad.center(ofFence: index)
        return [
          "SETCHAN", "fence-\(index)", "NEARBY", "fleet", "FENCE", "DETECT", "enter,exit", "POINT",
          "\(center.latitude)",
          "\(center.longitude)", "200",
        ]
      })
    var load = AlertLoad()
    func send() throws {
      try server.commands(
        load.take(batch).map { one in
          ["SET", "fleet", one.vehicleID, "POINT", "\(one.fix.latitude)", "\(one.fix.longitude)"]
        })
    }
    while load.round == 0 { try send() }
    let listener = try Listener(port: port)
    let before = try cpu(of: process)
    var sent = 0
    while sent < fixes {
      try send()
      sent += batch
    }
    let used = try cpu(of: process) - before
    return (used / Double(sent) * 1e6, listener.stop())
  }

  /// The process of a server, in which there has to be nothing: what is sent there stays.
  private static func emptyServer(_ server: RespConnection) throws -> Int32 {
    let fields = try server.command(["SERVER"])
    func field(_ name: String) throws -> Int32 {
      guard let place = fields.firstIndex(of: name), place + 1 < fields.count, let value = Int32(fields[place + 1])
      else {
        throw RespConnection.Failure(text: "the server does not tell its \(name)")
      }
      return value
    }
    guard try field("num_objects") == 0, try field("num_hooks") == 0 else {
      throw RespConnection.Failure(text: "the server is in use; start an empty one")
    }
    return try field("pid")
  }

  /// Seconds of CPU time that a process has used, of all its threads.
  private static func cpu(of process: Int32) throws -> Double {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // The name, which may hold anything, ends with the last bracket; user and system time are the 14th and 15th field.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return Double((UInt64(fields[12]) ?? 0) + (UInt64(fields[13]) ?? 0)) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Reads what the server tells, and counts it.
  private final class Listener: @unchecked Sendable {
    private let connection: RespConnection
    private var count = 0
    private let isOver = DispatchSemaphore(value: 0)

    init(port: UInt16) throws {
      connection = try RespConnection(port: port)
      try connection.send([["PSUBSCRIBE", "*"]])
      _ = try connection.reply()
      Thread.detachNewThread { [self] in
        while let words = try? connection.reply() { count += words.first == "pmessage" ? 1 : 0 }
        isOver.signal()
      }
    }

    /// The number of messages, once nothing more comes for a second.
    func stop() -> Int {
      Thread.sleep(forTimeInterval: 1)
      connection.close()
      isOver.wait()
      return count
    }
  }

  // MARK: Tripline

  /// What Tile38 does and no more: each fix as it is against all fences, entries and exits.
  private static func fencesAlone(_ fences: FenceSet) -> (cpu: Double, told: Int) {
    var configuration = Engine.Configuration(.fleet)
    configuration.policy = .sampled
    var engine = Engine(fences: fences, configuration: configuration)
    var load = AlertLoad()
    var numbers: [String: UInt32] = [:]
    var events = EventBuffer()
    func process() {
      events.removeAll()
      let fixes = load.take(batch).map { one in
        var fix = one.fix
        fix.vehicle = numbers[one.vehicleID, default: UInt32(numbers.count)]
        numbers[one.vehicleID] = fix.vehicle
        return fix
      }
      let before = ProcessFigures.cpu
      engine.process(fixes.span, into: &events)
      used += ProcessFigures.cpu - before
      for case .fence(let event) in events.events where event.kind == .enter || event.kind == .exit { told += 1 }
    }
    var (used, told, sent) = (0.0, 0, 0)
    while load.round == 0 { process() }
    (used, told) = (0, 0)
    while sent < fixes {
      process()
      sent += batch
    }
    return (used / Double(sent) * 1e6, told)
  }
}

/// A connection to a server that speaks the protocol of Redis, for one who writes and one who reads.
final class RespConnection: @unchecked Sendable {
  /// What went wrong.
  struct Failure: Error, CustomStringConvertible {
    var text: String
    var description: String { text }
  }

  private let descriptor: Int32
  private var read: [UInt8] = []
  private var place = 0

  /// Connects to a port of the loopback.
  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure(text: "nothing listens at port \(port) of this machine") }
  }

  deinit { Glibc.close(descriptor) }

  /// Whoever reads meanwhile gets an error.
  func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Sends a command and returns the words of its answer.
  @discardableResult
  func command(_ words: [String]) throws -> [String] {
    try send([words])
    return try reply()
  }

  /// Sends commands at once and reads their answers.
  func commands(_ commands: [[String]]) throws {
    try send(commands)
    for _ in commands { _ = try reply() }
  }

  func send(_ commands: [[String]]) throws {
    var bytes: [UInt8] = []
    for words in commands {
      bytes += "*\(words.count)\r\n".utf8
      for word in words { bytes += "$\(word.utf8.count)\r\n\(word)\r\n".utf8 }
    }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { throw Failure(text: "the connection was closed") }
      sent += count
    }
  }

  /// The words of an answer, whatever it is made of.
  func reply() throws -> [String] {
    let line = try line()
    switch line.first {
    case "$":
      guard let count = Int(line.dropFirst()), count >= 0 else { return [] }
      return [try text(count)]
    case "*":
      var words: [String] = []
      for _ in 0..<max(0, Int(line.dropFirst()) ?? 0) { words += try reply() }
      return words
    case "-": throw Failure(text: "the server answers \(line.dropFirst())")
    default: return [String(line.dropFirst())]
    }
  }

  private func line() throws -> String {
    var end = place
    while true {
      while end < read.count, read[end] != UInt8(ascii: "\n") { end += 1 }
      if end < read.count { break }
      let known = end - place
      try receive()
      end = place + known
    }
    defer { place = end + 1 }
    return String(decoding: read[place..<max(place, end - 1)], as: UTF8.self)
  }

  private func text(_ count: Int) throws -> String {
    while read.count - place < count + 2 { try receive() }
    defer { place += count + 2 }
    return String(decoding: read[place..<place + count], as: UTF8.self)
  }

  private func receive() throws {
    if place > 0 {
      read.removeFirst(place)
      place = 0
    }
    let known = read.count
    read += [UInt8](repeating: 0, count: 65_536)
    let count = read[known...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    read.removeLast(read.count - known - max(0, count))
    guard count > 0 else { throw Failure(text: "the connection was closed") }
  }
}
