/// Decides how a live stream is kept up: when to make one, renew it, give it up, ask for last positions instead, and when what
/// was missed has to be fetched. Knows no network and no clock.
///
/// The vendor documents the flow (last positions, then a stream, then its socket) and that a stream is short-lived. Times and
/// limits here are ours: section 7.7 of the contract.
struct LiveSessionMachine: Sendable {
  /// The number of a stream, counted from the first one.
  typealias StreamNumber = Int

  /// What has happened.
  enum Event: Sendable, Hashable {
    case started
    /// The API has made a stream that ends at a moment, if that is known.
    case made(StreamNumber, expires: Duration?, heartbeat: Duration?)
    /// No stream could be made, or the socket was refused.
    case failed(StreamNumber)
    /// The socket is open.
    case opened(StreamNumber)
    /// Something came.
    case received(StreamNumber, Sign)
    /// The socket is closed, or the stream has said that it has failed.
    case closed(StreamNumber)
    /// Vehicles are to be followed that the stream is not of; the next one is.
    case vehiclesAdded
    /// A moment has come that `next` has named.
    case timeReached
  }

  /// What came of a stream.
  enum Sign: Sendable, Hashable {
    case message
    case heartbeat
    /// The answer to a ping, which a server may give whose stream is stuck.
    case pong
  }

  /// What to do.
  enum Action: Sendable, Hashable {
    /// Ask the API for a stream, and connect to it.
    case make(StreamNumber)
    /// Close the socket of a stream.
    case close(StreamNumber)
    /// Have the other side close it, behind all that is on its way.
    case finish(StreamNumber)
    case ping(StreamNumber)
    /// Ask for the last positions.
    case poll
    /// From here on something may be missed.
    case lose
    /// Ask for the last positions, and fetch what was missed until now.
    case catchUp
    case report(LiveStatus)
  }

  /// Streams that are made within fifteen minutes: they spend the budget of all requests.
  static let maximumStreams = 10
  static let streamWindow = Duration.seconds(900)
  static let pingInterval = Duration.seconds(25)
  static let pollInterval = Duration.seconds(60)
  /// Silence after which a socket counts as dead, at least.
  static let minimumSilence = Duration.seconds(90)
  /// A stream that ends sooner is a quick failure.
  static let quick = Duration.seconds(60)
  /// Quick failures in a row after which last positions are polled.
  static let toleratedFailures = 3
  /// How long making and opening may take.
  static let openingTime = Duration.seconds(60)
  /// How long a stream goes on beside its successor.
  static let overlap = Duration.seconds(10)
  /// How long a stream may take to bring what was on its way when it was to end.
  static let finishingTime = Duration.seconds(60)
  private static let assumedHeartbeat = Duration.seconds(30)

  private struct Live: Sendable {
    var number: StreamNumber
    var opened: Duration
    /// When it ends by itself, and when it is to be renewed.
    var expires: Duration?
    var renewal: Duration?
    var lastSign: Duration
    var lastHeartbeat: Duration?
    var nextPing: Duration
    /// The last gaps between heartbeats.
    var gaps: [Duration] = []
    var heartbeat: Duration
    /// Whether heartbeats were announced or have come: then answers to pings are no sign that the stream lives.
    var hasHeartbeats: Bool

    /// When it counts as dead.
    var deadline: Duration { lastSign + max(minimumSilence, heartbeat * 3) }
    /// When it is late with its next sign of life.
    var lateness: Duration { lastSign + max(pingInterval, heartbeat) * 3 / 2 }
  }

  private struct Opening: Sendable {
    var number: StreamNumber
    var expires: Duration?
    var heartbeat: Duration?
    var deadline: Duration
  }

  private var live: Live?
  private var opening: Opening?
  /// A stream that has been replaced, and when it is to end, or counts as dead.
  private var retiring: (number: StreamNumber, end: Duration, isFinishing: Bool, expires: Duration?)?
  private var count = 0
  /// When the last streams were asked for.
  private var made: [Duration] = []
  private var failures = 0
  private var nextAttempt: Duration?
  private var nextPoll: Duration?
  /// Whether the stream that is being opened is not of all vehicles that are to be followed.
  private var isOutdated = false
  /// Whether something was missed that is to be made up for once a stream is there. Between the first last positions and the first
  /// stream something may have been missed too.
  private(set) var hasLost = true

  /// When `timeReached` is to be told, or `nil`.
  var next: Duration? {
    [
      live.map { min($0.deadline, $0.nextPing) }, opening?.deadline, retiring?.end, nextAttempt, nextPoll, renewal,
    ].compactMap { $0 }.min()
  }

  /// When the stream is to be renewed, unless that is under way or waits for another attempt.
  private var renewal: Duration? { opening == nil && nextAttempt == nil ? live?.renewal : nil }

  /// Something has happened. `chance` is a random number from 0 to 1.
  mutating func handle(_ event: Event, at now: Duration, chance: Double) -> [Action] {
    switch event {
    case .started:
      return [.report(.connecting), .poll] + attempt(at: now)
    case .made(let number, let expires, let heartbeat):
      guard opening?.number == number else { return [] }
      opening?.expires = expires
      opening?.heartbeat = heartbeat
      return []
    case .opened(let number):
      return opened(number, at: now)
    case .received(let number, let sign):
      if live?.number == number { received(sign, at: now) }
      return []
    case .failed(let number), .closed(let number):
      return ended(number, at: now, chance: chance)
    case .vehiclesAdded:
      // What they have sent since they were left has been missed.
      hasLost = true
      if opening == nil { live?.renewal = now } else { isOutdated = true }
      return [.lose] + timeReached(at: now, chance: chance)
    case .timeReached:
      return timeReached(at: now, chance: chance)
    }
  }

  private mutating func opened(_ number: StreamNumber, at now: Duration) -> [Action] {
    guard let opening, opening.number == number else { return [.close(number)] }
    var actions: [Action] = []
    // The new one is there before the old one goes; what both bring is told apart by vehicle and time.
    if let old = live {
      if let older = retiring {
        actions.append(.close(older.number))
        hasLost = true
      }
      retiring = (old.number, now + Self.overlap, false, old.expires)
      // One that hangs has not been missed yet, but may have brought nothing for a while.
      if now > old.lateness { hasLost = true }
      if hasLost { actions.append(.lose) }
    }
    live = Live(
      number: number, opened: now, expires: opening.expires, renewal: opening.expires.map { now + ($0 - now) * 4 / 5 },
      lastSign: now,
      nextPing: now + Self.pingInterval, heartbeat: opening.heartbeat ?? Self.assumedHeartbeat,
      hasHeartbeats: opening.heartbeat != nil)
    if isOutdated {
      isOutdated = false
      live?.renewal = now
    }
    self.opening = nil
    nextAttempt = nil
    nextPoll = nil
    actions.append(.report(.live))
    if hasLost {
      hasLost = false
      actions.append(.catchUp)
    }
    return actions
  }

  private mutating func received(_ sign: Sign, at now: Duration) {
    guard let live, sign != .pong || !live.hasHeartbeats else { return }
    self.live?.lastSign = now
    guard sign == .heartbeat else { return }
    self.live?.hasHeartbeats = true
    self.live?.lastHeartbeat = now
    guard let last = live.lastHeartbeat else { return }
    let gaps = (live.gaps + [now - last]).suffix(15)
    self.live?.gaps = Array(gaps)
    self.live?.heartbeat = gaps.sorted()[gaps.count / 2]
  }

  private mutating func ended(_ number: StreamNumber, at now: Duration, chance: Double) -> [Action] {
    if opening?.number == number {
      opening = nil
      failures += 1
      return retry(at: now, chance: chance)
    }
    if let old = retiring, old.number == number {
      retiring = nil
      // One that ends before its time may not have brought what was on its way.
      let isDue = old.isFinishing || old.expires.map { now >= $0 - .seconds(1) } ?? false
      return [.close(number)] + (isDue || live == nil ? [] : [.lose, .catchUp])
    }
    guard let ended = live, ended.number == number else { return [] }
    live = nil
    failures = now - ended.opened < Self.quick ? failures + 1 : 0
    var actions: [Action] = [.close(number)]
    if !hasLost {
      hasLost = true
      actions.append(.lose)
    }
    actions.append(.report(.connecting))
    guard opening == nil else { return actions }
    return actions + retry(at: now, chance: chance)
  }

  /// Waits of up to 1, 2, 4 and so on to 60 seconds, by chance; a stream that has lasted is followed by another at once.
  private mutating func retry(at now: Duration, chance: Double) -> [Action] {
    if failures == 0 { return attempt(at: now) }
    let seconds = min(60, Double(1 << min(failures - 1, 6)))
    nextAttempt = now + .seconds(seconds * chance)
    guard failures >= Self.toleratedFailures, live == nil else { return [] }
    // Slowly from now on; meanwhile the last positions stand in.
    nextAttempt = now + .seconds(30 + 30 * chance)
    guard nextPoll == nil else { return [] }
    nextPoll = now + Self.pollInterval
    return [.report(.polling), .poll]
  }

  private mutating func attempt(at now: Duration) -> [Action] {
    made.removeAll { now - $0 >= Self.streamWindow }
    if made.count >= Self.maximumStreams, let first = made.first {
      nextAttempt = first + Self.streamWindow
      if live == nil && nextPoll == nil {
        nextPoll = now + Self.pollInterval
        return [.report(.polling), .poll]
      }
      return []
    }
    nextAttempt = nil
    made.append(now)
    count += 1
    opening = Opening(number: count, deadline: now + Self.openingTime)
    return [.make(count)]
  }

  private mutating func timeReached(at now: Duration, chance: Double) -> [Action] {
    var actions: [Action] = []
    if let live, now >= live.deadline {
      actions += ended(live.number, at: now, chance: chance)
    } else if let live, now >= live.nextPing {
      self.live?.nextPing = now + Self.pingInterval
      actions.append(.ping(live.number))
    }
    if let opening, now >= opening.deadline {
      actions.append(.close(opening.number))
      actions += ended(opening.number, at: now, chance: chance)
    }
    if let retiring, now >= retiring.end {
      if retiring.isFinishing {
        self.retiring = nil
        actions.append(.close(retiring.number))
        if live != nil { actions += [.lose, .catchUp] }
      } else {
        self.retiring = (retiring.number, now + Self.finishingTime, true, retiring.expires)
        actions.append(.finish(retiring.number))
      }
    }
    if let renewal, now >= renewal { actions += attempt(at: now) }
    if let nextAttempt, now >= nextAttempt { actions += attempt(at: now) }
    if let nextPoll, now >= nextPoll {
      self.nextPoll = now + Self.pollInterval
      // What lies between two last positions is missed without a stream.
      actions += [.lose, .catchUp]
    }
    return actions
  }
}
