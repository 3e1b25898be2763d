import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A server on a free port of this machine that records requests, and answers what a test wants.
final class HookServer: Sendable {
  /// A request.
  struct Recorded: Sendable {
    /// The method and the path with its query.
    var line: String
    /// The headers by their names in lower case.
    var headers: [String: String]
    /// The body.
    var body: [UInt8]
  }

  /// What is answered.
  struct Answer: Sendable {
    /// The status; 0 for no answer at all, as long as the server is there.
    var status: Int
    /// The headers.
    var headers: [String: String] = [:]
  }

  /// The port.
  let port: Int
  private let state: Mutex<(recorded: [Recorded], answers: [Answer])>

  private init(port: Int, answers: [Answer]) {
    self.port = port
    state = Mutex(([], answers))
  }

  /// The requests so far.
  var recorded: [Recorded] { state.withLock { $0.recorded } }

  /// The server that listens, once it does.
  private final class Current: Sendable {
    let server = Mutex<HookServer?>(nil)
  }

  /// Serves as long as `body` runs; the answers are given one after the other, the last one again and again.
  static func run<Result: Sendable>(
    _ answers: [Answer] = [Answer(status: 204)], _ body: @Sendable @escaping (HookServer) async throws -> Result
  ) async throws -> Result {
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let current = Current()
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
      guard let server = current.server.withLock({ $0 }) else { return Response(status: .internalServerError) }
      return await server.answer(request, bytes)
    }
    var logger = Logger(label: "hooks")
    logger.logLevel = .critical
    let application = Application(
      responder: responder, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { listening.yield($0.localAddress?.port ?? 0) }, logger: logger)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        try await application.run()
        return nil
      }
      group.addTask {
        for await port in ports {
          let running = HookServer(port: port, answers: answers)
          current.server.withLock { $0 = running }
          return try await body(running)
        }
        throw CancellationError()
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  private func answer(_ request: Request, _ body: [UInt8]) async -> Response {
    var headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { _, last in last }
    headers["host"] = request.head.authority
    let recorded = Recorded(
      line: "\(request.method.rawValue) \(request.uri.string)", headers: headers, body: body)
    let answer = state.withLock { state in
      state.recorded.append(recorded)
      return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
    }
    if answer.status == 0 {
      // Ends when the server does.
      for await _ in AsyncStream<Void>.makeStream().stream {}
    }
    var fields = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return Response(status: HTTPResponse.Status(code: max(200, answer.status)), headers: fields)
  }
}
