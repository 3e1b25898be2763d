import Testing
import TriplineTesting

@testable import MyCarTracks

@Suite struct RateBudgetTests {
  private func headers(_ limit: Int, _ remaining: Int, _ reset: Int) throws -> RateLimitHeaders {
    try #require(
      RateLimitHeaders([
        "x-rate-limit-limit": "\(limit)", "x-rate-limit-remaining": "\(remaining)", "x-rate-limit-reset": "\(reset)",
      ]))
  }

  @Test func `headers are read, and without them there is nothing`() throws {
    let read = try headers(150, 149, 900)
    #expect(read.limit == 150 && read.remaining == 149 && read.reset == .seconds(900))
    #expect(RateLimitHeaders(["content-type": "text/html"]) == nil)
    #expect(RateLimitHeaders(["retry-after": "12"])?.retryAfter == .seconds(12))
  }

  @Test(arguments: [(403, 0, true), (403, -3, true), (403, 7, false), (429, 7, true), (401, 0, false)])
  func `a 403 with nothing left is a limit, any other a permission`(status: Int, remaining: Int, isLimit: Bool) throws {
    #expect(try headers(150, remaining, 10).isExceeded(status: status) == isLimit)
  }

  @Test func `history leaves twenty requests, of which somebody who waits may have ten`() {
    var budget = RateBudget()
    #expect(budget.request(.background, at: .zero) == .go)
    budget.concluded(nil, status: 200, at: .zero)
    var counts: [RequestPriority: Int] = [.background: 1]
    for priority in [RequestPriority.background, .user, .live] {
      while budget.request(priority, at: .zero) == .go { counts[priority, default: 0] += 1 }
    }
    #expect(counts == [.background: 130, .user: 10, .live: 10])
    #expect(budget.request(.live, at: .seconds(1)) == .wait(until: .seconds(901)))
    for _ in 0..<149 { budget.concluded(nil, status: nil, at: .seconds(2)) }
    #expect(budget.request(.background, at: .seconds(901)) == .go)
  }

  @Test func `a small account keeps a fifth`() throws {
    var budget = RateBudget()
    _ = budget.request(.background, at: .zero)
    budget.concluded(try headers(20, 19, 900), status: 200, at: .zero)
    var count = 0
    while budget.request(.background, at: .zero) == .go { count += 1 }
    #expect(count == 15)
  }

  @Test func `requests of others are seen in the headers`() throws {
    var budget = RateBudget()
    _ = budget.request(.background, at: .zero)
    budget.concluded(try headers(150, 21, 300), status: 200, at: .seconds(1))
    #expect(budget.request(.background, at: .seconds(2)) == .go)
    #expect(budget.request(.background, at: .seconds(2)) == .wait(until: .seconds(302)))
  }

  @Test func `answers that overtake each other do not give requests back`() throws {
    var budget = RateBudget()
    for _ in 0..<3 { _ = budget.request(.live, at: .zero) }
    budget.concluded(try headers(150, 147, 900), status: 200, at: .seconds(1))
    budget.concluded(try headers(150, 149, 900), status: 200, at: .seconds(1))
    budget.concluded(try headers(150, 148, 900), status: 200, at: .seconds(1))
    #expect(budget.remaining == 147)
  }

  @Test func `until the first answer has told how many there are, requests go out one at a time`() throws {
    var budget = RateBudget()
    #expect(budget.request(.user, at: .zero) == .go)
    #expect(budget.request(.user, at: .zero) != .go && budget.request(.background, at: .zero) != .go)
    // The token of the first one, which waits for it.
    #expect(budget.request(.live, at: .zero) == .go)
    budget.concluded(try headers(150, 30, 300), status: 200, at: .seconds(1))
    var count = 0
    while budget.request(.user, at: .seconds(1)) == .go { count += 1 }
    // One is on its way, and ten are kept for the stream.
    #expect(count == 19)
  }

  @Test func `a refusal that only says when to come back is waited for as long as it says`() throws {
    var budget = RateBudget()
    _ = budget.request(.user, at: .zero)
    budget.concluded(try #require(RateLimitHeaders(["retry-after": "5"])), status: 429, at: .zero)
    #expect(budget.request(.user, at: .seconds(1)) == .wait(until: .seconds(6)))
    #expect(budget.request(.user, at: .seconds(6)) == .go)
  }

  /// A server with a fixed window that begins with its first request, and clients at whatever pace: no request is refused.
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `no request is ever refused, whatever the pace and the delays`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let limit = Int.random(in: 5...60, using: &random)
    let window = Int.random(in: 60...900, using: &random)
    var budget = RateBudget()
    var now = 0.0
    var (start, used) = (-1e9, 0)
    var count = 0
    // One request tells the limit; they are many at once from then on.
    var inFlight: [(due: Double, headers: RateLimitHeaders)] = []
    for _ in 0..<2000 {
      now += Double.random(in: 0...3, using: &random)
      while let index = inFlight.firstIndex(where: { $0.due <= now }) {
        let (due, headers) = inFlight.remove(at: index)
        budget.concluded(headers, status: 200, at: .seconds(due))
      }
      let isKnown = budget.limit == limit || limit == 150
      guard isKnown || inFlight.isEmpty else { continue }
      let priority = RequestPriority.allCases.randomElement(using: &random) ?? .user
      guard budget.request(priority, at: .seconds(now)) == .go else { continue }
      if now >= start + Double(window) { (start, used) = (now, 0) }
      used += 1
      count += 1
      #expect(used <= limit, "seed \(seed)")
      let reset = Int((start + Double(window) - now).rounded(.up))
      inFlight.append((now + Double.random(in: 0...2, using: &random), try headers(limit, limit - used, reset)))
    }
    #expect(count >= limit, "seed \(seed)")
  }
}
