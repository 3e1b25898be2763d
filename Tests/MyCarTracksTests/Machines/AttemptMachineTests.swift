import Testing

@testable import MyCarTracks

@Suite struct AttemptMachineTests {
  private func answered(_ status: Int, _ headers: [String: String] = [:]) -> AttemptMachine.Outcome {
    .answered(HTTPReply(status: status, headers: headers), RateLimitHeaders(headers))
  }

  /// What is done after each outcome, in a word.
  private func actions(_ outcomes: [AttemptMachine.Outcome], isRepeatable: Bool = true, hasToken: Bool = true)
    -> [String]
  {
    var machine = AttemptMachine(isRepeatable: isRepeatable, hasToken: hasToken)
    return outcomes.map { outcome in
      switch machine.concluded(outcome, chance: 1) {
      case .deliver(let reply): "deliver \(reply.status)"
      case .renewToken: "renew"
      case .wait(let duration): "wait \(Int(duration / .seconds(1)))"
      case .fail(let error): "fail \(error.code)"
      }
    }
  }

  private let broken = AttemptMachine.Outcome.broken(MyCarTracksError(.connectionFailed, "broken"))
  private let usedUp = ["x-rate-limit-remaining": "0", "x-rate-limit-reset": "100"]

  @Test func `a server that fails is tried five times, with longer and longer waits`() {
    let all = actions([answered(500), broken, answered(503), answered(502), answered(500)])
    #expect(all == ["wait 1", "wait 2", "wait 4", "wait 8", "deliver 500"])
    #expect(actions([answered(500), answered(200)]) == ["wait 1", "deliver 200"])
  }

  @Test func `what changes something is sent once, where nobody knows what became of it`() {
    #expect(actions([answered(500)], isRepeatable: false) == ["deliver 500"])
    #expect(actions([broken], isRepeatable: false) == ["fail connection-failed"])
    // A refusal is no doubt.
    #expect(actions([answered(401), answered(200)], isRepeatable: false) == ["renew", "deliver 200"])
    #expect(actions([answered(403, usedUp)], isRepeatable: false) == ["wait 105"])
  }

  @Test func `a refused token is renewed once`() {
    #expect(actions([answered(401), answered(401)]) == ["renew", "deliver 401"])
    #expect(actions([answered(401), answered(500), answered(401)]) == ["renew", "wait 1", "deliver 401"])
    #expect(actions([answered(401)], hasToken: false) == ["deliver 401"])
  }

  @Test func `used up requests are waited for, four times, and what is forbidden is not asked for again`() {
    let waits = actions(Array(repeating: answered(403, usedUp), count: 5))
    #expect(waits == ["wait 105", "wait 105", "wait 105", "wait 105", "deliver 403"])
    #expect(actions([answered(403, ["x-rate-limit-remaining": "7"])]) == ["deliver 403"])
    #expect(actions([answered(403)]) == ["deliver 403"])
    #expect(actions([answered(429)]) == ["wait 65"])
    #expect(actions([answered(429, ["retry-after": "12"])]) == ["wait 17"])
  }

  @Test(arguments: [400, 404, 301, 204, 200])
  func `every other answer is one`(status: Int) {
    #expect(actions([answered(status)]) == ["deliver \(status)"])
  }
}
