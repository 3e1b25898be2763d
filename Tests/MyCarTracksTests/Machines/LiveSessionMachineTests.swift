import Testing
import TriplineTesting

@testable import MyCarTracks

@Suite struct LiveSessionMachineTests {
  /// A machine and the time it is at.
  private struct Session {
    var machine = LiveSessionMachine()
    var now = Duration.zero
    var chance = 1.0

    mutating func handle(_ event: LiveSessionMachine.Event) -> [LiveSessionMachine.Action] {
      machine.handle(event, at: now, chance: chance)
    }

    /// Goes to the next moment the machine waits for.
    mutating func wait() -> [LiveSessionMachine.Action] {
      now = max(now, machine.next ?? now)
      return handle(.timeReached)
    }

    /// Goes on to a stream that is open.
    mutating func open(_ number: Int, expires: Duration? = nil, heartbeat: Duration? = .seconds(30))
      -> [LiveSessionMachine.Action]
    {
      _ = handle(.made(number, expires: expires, heartbeat: heartbeat))
      return handle(.opened(number))
    }
  }

  @Test func `at the start last positions are asked for and a stream is made, and what lay between is fetched`() {
    var session = Session()
    #expect(session.handle(.started) == [.report(.connecting), .poll, .make(1)])
    #expect(session.open(1) == [.report(.live), .catchUp])
  }

  @Test
  func
    `a stream is renewed at four fifths of its time, and the old one goes when the new one has been there for a while`()
  {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1, expires: .seconds(100))
    for second in stride(from: 5, to: 80, by: 5) {
      session.now = .seconds(second)
      _ = session.handle(.received(1, .message))
      #expect(session.handle(.timeReached).allSatisfy { $0 == .ping(1) })
    }
    session.now = .seconds(80)
    #expect(session.handle(.timeReached) == [.make(2)])
    #expect(session.open(2, expires: .seconds(200)) == [.report(.live)])
    #expect(session.wait() == [.finish(1)] && session.now == .seconds(90))
    #expect(session.handle(.closed(1)) == [.close(1)])
    session.now = .seconds(150)
    #expect(session.handle(.timeReached).allSatisfy { $0 == .ping(2) })
  }

  @Test func `vehicles that are added are in the next stream, which is made at once, and nothing of them is missed`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1)
    session.now = .seconds(20)
    _ = session.handle(.received(1, .message))
    #expect(session.handle(.vehiclesAdded) == [.lose, .make(2)])
    #expect(session.open(2) == [.lose, .report(.live), .catchUp])
    // Where the old one ends meanwhile.
    session.now = .seconds(30)
    _ = session.handle(.received(2, .message))
    #expect(session.handle(.vehiclesAdded).contains(.lose))
    #expect(session.handle(.closed(2)).contains(.close(2)))
    #expect(session.open(3).contains(.catchUp))
    // While one is opened that may not be of them: another behind that.
    session.now = .seconds(60)
    #expect(session.handle(.closed(3)).contains(.report(.connecting)))
    session.now = .seconds(130)
    _ = session.handle(.timeReached)
    #expect(session.handle(.vehiclesAdded) == [.lose])
    #expect(session.open(4).contains(.catchUp))
    #expect(session.wait().contains(.make(5)) && session.now == .seconds(130))
  }

  @Test func `a stream that is late when it is renewed may have missed something`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1, expires: .seconds(100))
    session.now = .seconds(30)
    _ = session.handle(.received(1, .heartbeat))
    session.now = .seconds(80)
    #expect(session.handle(.timeReached).contains(.make(2)))
    #expect(session.open(2, expires: .seconds(200)) == [.lose, .report(.live), .catchUp])
  }

  @Test func `a replaced stream that breaks may have lost something, one that ends when it has to has not`() {
    for (closed, isLost) in [(Duration.seconds(85), true), (.seconds(100), false)] {
      var session = Session()
      _ = session.handle(.started)
      _ = session.open(1, expires: .seconds(100))
      session.now = .seconds(91)
      _ = session.handle(.received(1, .message))
      if closed < .seconds(91) { session.now = .seconds(80) }
      _ = session.handle(.received(1, .message))
      _ = session.handle(.timeReached)
      _ = session.open(2)
      session.now = closed
      let actions = session.handle(.closed(1))
      #expect(actions == (isLost ? [.close(1), .lose, .catchUp] : [.close(1)]), "\(closed)")
    }
  }

  @Test func `what a replaced stream does not bring to an end is fetched`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1, expires: .seconds(100))
    session.now = .seconds(80)
    _ = session.handle(.received(1, .message))
    _ = session.handle(.timeReached)
    _ = session.open(2)
    #expect(session.wait() == [.finish(1)])
    session.now = .seconds(150)
    _ = session.handle(.received(2, .message))
    #expect(session.handle(.timeReached) == [.ping(2), .close(1), .lose, .catchUp])
    #expect(session.handle(.closed(1)).isEmpty)
  }

  @Test func `a stream that ends is followed by another, and what was missed is fetched`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1)
    session.now = .seconds(300)
    #expect(session.handle(.closed(1)) == [.close(1), .lose, .report(.connecting), .make(2)])
    #expect(session.open(2) == [.report(.live), .catchUp])
  }

  @Test func `a stream that falls silent is dead after three heartbeats, whatever its server answers to pings`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1, heartbeat: .seconds(60))
    var actions: [LiveSessionMachine.Action] = []
    while !actions.contains(.close(1)) {
      actions = session.wait()
      _ = session.handle(.received(1, .pong))
    }
    #expect(session.now == .seconds(180))
    #expect(actions.contains(.lose))
  }

  @Test func `without heartbeats an answer to a ping is a sign of life`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1, heartbeat: nil)
    for _ in 0..<100 {
      #expect(session.wait() == [.ping(1)])
      _ = session.handle(.received(1, .pong))
    }
    #expect(session.now == .seconds(2500))
  }

  @Test func `heartbeats are learned from`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.open(1, heartbeat: nil)
    for _ in 0..<10 {
      session.now += .seconds(50)
      _ = session.handle(.received(1, .heartbeat))
    }
    var actions: [LiveSessionMachine.Action] = []
    while !actions.contains(.close(1)) { actions = session.wait() }
    #expect(session.now == .seconds(500 + 150))
  }

  @Test func `after three quick failures last positions are polled each minute, and the stream is tried slowly`() {
    var session = Session()
    _ = session.handle(.started)
    #expect(session.handle(.failed(1)).isEmpty)
    #expect(session.wait() == [.make(2)] && session.now == .seconds(1))
    #expect(session.handle(.failed(2)).isEmpty)
    #expect(session.wait() == [.make(3)] && session.now == .seconds(3))
    #expect(session.handle(.failed(3)) == [.report(.polling), .poll])
    #expect(Set(session.wait()) == [.make(4), .lose, .catchUp] && session.now == .seconds(63))
    #expect(session.open(4) == [.report(.live), .catchUp])
    _ = session.handle(.received(4, .heartbeat))
    #expect(session.wait() == [.ping(4)])
  }

  @Test func `no more than ten streams are made in a quarter of an hour`() {
    var session = Session()
    session.chance = 0
    var moments: [Duration] = []
    var actions = session.handle(.started)
    while session.now < .seconds(7200) {
      for case .make(let number) in actions {
        moments.append(session.now)
        _ = session.open(number)
        _ = session.handle(.closed(number))
      }
      actions = session.wait()
    }
    for moment in moments { #expect(moments.count { $0 >= moment && $0 < moment + .seconds(900) } <= 10) }
    #expect(moments.count >= 70)
  }

  @Test func `a handshake that hangs is given up after a minute`() {
    var session = Session()
    _ = session.handle(.started)
    _ = session.handle(.made(1, expires: nil, heartbeat: nil))
    #expect(session.wait() == [.close(1)] && session.now == .seconds(60))
    #expect(session.handle(.opened(1)) == [.close(1)])
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `whatever happens in whatever order, the machine goes on to wait for something and to make streams`(seed: UInt64)
  {
    var random = SeededGenerator(seed: seed)
    var session = Session()
    var last = 0
    var open: Set<Int> = []
    func note(_ actions: [LiveSessionMachine.Action]) {
      for case .make(let number) in actions {
        #expect(number == last + 1, "seed \(seed)")
        last = number
      }
      for case .close(let number) in actions { open.remove(number) }
      #expect(open.count <= 3, "seed \(seed)")
    }
    note(session.handle(.started))
    for _ in 0..<500 {
      session.chance = Double.random(in: 0...1, using: &random)
      session.now += .milliseconds(Int.random(in: 0...20_000, using: &random))
      let number = Int.random(in: max(1, last - 2)...last, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: note(session.handle(.made(number, expires: session.now + .seconds(120), heartbeat: nil)))
      case 1: note(session.handle(.failed(number)))
      case 2:
        open.insert(number)
        note(session.handle(.opened(number)))
      case 3:
        open.remove(number)
        note(session.handle(.closed(number)))
      case 4: note(session.handle(.received(number, .heartbeat)))
      case 5 where seed % 4 == 0: note(session.handle(.vehiclesAdded))
      default: note(session.wait())
      }
      #expect(session.machine.next != nil, "seed \(seed)")
    }
    #expect(last > 3, "seed \(seed)")
  }
}
