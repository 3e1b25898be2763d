import Foundation
import MyCarTracksTesting
import Synchronization
import Testing

@testable import MyCarTracks

/// The live client against the server of the Python package `websockets`, which knows nothing of ours.
///
/// `Scripts/test feed` installs it; elsewhere the tests are skipped.
@Suite(.serialized, .enabled(if: ForeignServer.isThere, "the Python package websockets is not in TRIPLINE_WEBSOCKETS"))
struct ForeignServerTests {
  /// What came of a connection.
  private final class Received: Sendable {
    let messages = Mutex<[[UInt8]]>([])
    let openings = Mutex(0)
  }

  private func connect(_ path: String) async throws -> [[UInt8]] {
    let received = Received()
    try await ForeignServer.run { port in
      try await WebSocketConnector().run(
        Secret("ws://127.0.0.1:\(port)/\(path)"), token: nil, opened: { _ in received.openings.withLock { $0 += 1 } },
        received: { frame in
          if case .message(let message) = frame { received.messages.withLock { $0.append(message) } }
        })
    }
    #expect(received.openings.withLock { $0 } == 1)
    return received.messages.withLock { $0 }
  }

  private func positions(_ messages: [[UInt8]]) -> (times: [Int64], counts: LiveDecoder.Counts) {
    var decoder = LiveDecoder()
    var times: [Int64] = []
    for message in messages {
      for case .position(let position) in decoder.events(in: message) { times.append(position.point.time) }
    }
    return (times, decoder.counts)
  }

  private func times(_ count: Int) -> [Int64] { (0..<count).map { 1_780_470_000_000 + Int64($0) * 1000 } }

  @Test func `messages in pieces, with pings between them, are whole`() async throws {
    #expect(positions(try await connect("fragmented")).times == times(20))
  }

  @Test func `pings are answered with their own bytes`() async throws {
    #expect(positions(try await connect("pings")).times == times(1))
  }

  @Test func `messages of a megabyte are taken`() async throws {
    let messages = try await connect("large")
    #expect(messages.allSatisfy { $0.count > 100_000 } && messages.count == 3)
    #expect(positions(messages).times.count == 1000 + 1200 + 10_000)
  }

  @Test func `binary messages and lines are read`() async throws {
    #expect(positions(try await connect("binary")).times == times(3))
  }

  @Test func `garbage is counted, and what comes behind it is read`() async throws {
    let (times, counts) = positions(try await connect("garbage"))
    #expect(times == self.times(1))
    #expect(counts.malformed >= 4 && counts.incomplete == 1 && counts.unknown == 1)
  }

  @Test(arguments: [1000, 1001, 1008, 1011, 4401])
  func `whatever the code, a close is the end, and what came before is there`(code: Int) async throws {
    #expect(positions(try await connect("close/\(code)")).times == times(1))
  }

  @Test func `a connection that breaks is an end like any other`() async throws {
    #expect(positions(try await connect("drop")).times.count <= 1)
  }

  @Test func `a storm of broken connections is got through, within ten streams`() async throws {
    try await ForeignServer.run { port in
      let time = ScaledTime(scale: 200)
      let transport = StubTransport(port: port)
      let client = MyCarTracksClient(
        credentials: Credentials(clientID: "id", clientSecret: Secret("secret")),
        configuration: try ClientConfiguration(baseURL: "http://127.0.0.1:1/v3"), transport: transport, time: time)
      let feed = LiveFeed(client)
      try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
          try await feed.run()
          return false
        }
        group.addTask {
          for await update in feed.updates {
            if case .positions = update { return true }
          }
          return false
        }
        let isThere = try await group.next()
        #expect(isThere == true)
        group.cancelAll()
      }
      #expect(transport.streams.withLock { $0 } == 8)
    }
  }
}

/// Clocks that go faster than those of the system.
private struct ScaledTime: TimeSource {
  private let base = SystemTime()
  let scale: Double

  var elapsed: Duration { base.elapsed * scale }
  var date: Int64 { base.date }
  func sleep(for duration: Duration) async throws { try await base.sleep(for: duration / scale) }
}

/// An API that has no vehicles, and makes streams of a foreign server.
private final class StubTransport: HTTPTransport {
  let streams = Mutex(0)
  private let port: Int

  init(port: Int) { self.port = port }

  func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply {
    if request.url.hasSuffix("/oauth/token") { return reply(#"{"access_token":"t","expires_in":3600}"#) }
    guard request.method == "POST" else { return reply(#"{"data":[]}"#) }
    streams.withLock { $0 += 1 }
    return reply(#"{"websocketUrl":"ws://127.0.0.1:\#(port)/storm?token=x"}"#)
  }

  private func reply(_ text: String) -> HTTPReply { HTTPReply(status: 200, body: Array(text.utf8)) }
}

/// The foreign server as a process.
private enum ForeignServer {
  private static let packages = ProcessInfo.processInfo.environment["TRIPLINE_WEBSOCKETS"]

  static var isThere: Bool { packages.map { FileManager.default.fileExists(atPath: $0 + "/websockets") } ?? false }

  /// Runs the server as long as `body` runs.
  static func run(_ body: (Int) async throws -> Void) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Foreign/live_server.py").standardizedFileURL.path
    process.arguments = ["python3", script]
    var environment = ProcessInfo.processInfo.environment
    environment["PYTHONPATH"] = packages
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    // It has no other way to end: a child of this process inherits that signals are blocked.
    defer { kill(process.processIdentifier, SIGKILL) }
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      let data = output.fileHandleForReading.readData(ofLength: 1)
      guard !data.isEmpty else { break }
      line += data
    }
    let port = try #require(Int(String(decoding: line.dropLast(), as: UTF8.self)))
    try await body(port)
  }
}
