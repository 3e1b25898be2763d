/// Sends requests within the account's budget until there is an answer.
struct RequestSender: Sendable {
  let gate: RequestGate
  let transport: any HTTPTransport
  let time: any TimeSource
  /// How long one attempt may take.
  let deadline: Duration
  /// Random numbers from 0 to 1, for waits between tries.
  let chance: @Sendable () -> Double

  /// The answer to a request, of whatever status is left after all tries, and what it holds where it is a good one.
  ///
  /// - Parameters:
  ///   - machine: what decides about tries.
  ///   - priority: what the request is for.
  ///   - patience: how long it may wait, each time; `nil` for as long as it takes.
  ///   - read: reads a good answer; one that cannot be read has not come whole, and counts as a broken connection.
  ///   - request: makes the request; with `true` after the API has refused the token of the one before.
  /// - Throws: `MyCarTracksError` and `CancellationError`.
  func reply<Content>(
    _ machine: AttemptMachine, _ priority: RequestPriority, patience: Duration?,
    read: (HTTPReply) throws(MyCarTracksError) -> Content, to request: (_ isRefused: Bool) async throws -> HTTPRequest
  ) async throws -> (reply: HTTPReply, content: Content?) {
    var machine = machine
    var isRefused = false
    while true {
      try await gate.enter(priority, patience: patience)
      // Made only now: a token that was good before the wait may have ended. Fetching one has tries of its own.
      let outgoing: HTTPRequest
      do {
        outgoing = try await request(isRefused)
      } catch {
        await gate.leave(nil, status: nil)
        throw error
      }
      isRefused = false
      let outcome: AttemptMachine.Outcome
      var content: Content?
      do {
        let reply = try await transport.send(outgoing, deadline: deadline)
        let headers = RateLimitHeaders(reply.headers)
        await gate.leave(headers, status: reply.status)
        outcome = Self.outcome(reply, headers, read, &content)
      } catch {
        await gate.leave(nil, status: nil)
        guard let error = error as? MyCarTracksError else { throw error }
        outcome = .broken(error)
      }
      switch machine.concluded(outcome, chance: chance()) {
      case .deliver(let reply): return (reply, content)
      case .renewToken: isRefused = true
      case .wait(let wait):
        if let patience, wait > patience {
          switch outcome {
          case .broken(let error): throw error
          case .answered(let reply, _): return (reply, content)
          }
        }
        try await time.sleep(for: wait)
      case .fail(let error): throw error
      }
    }
  }

  private static func outcome<Content>(
    _ reply: HTTPReply, _ headers: RateLimitHeaders?, _ read: (HTTPReply) throws(MyCarTracksError) -> Content,
    _ content: inout Content?
  ) -> AttemptMachine.Outcome {
    do throws(MyCarTracksError) {
      if (200..<300).contains(reply.status) { content = try read(reply) }
      return .answered(reply, headers)
    } catch {
      return .broken(error)
    }
  }
}
