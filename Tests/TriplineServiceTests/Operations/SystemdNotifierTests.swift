import Logging
import MyCarTracks
import MyCarTracksTesting
import ServiceLifecycle
import Synchronization
import Testing

@testable import TriplineService

@Suite struct SystemdNotifierTests {
  /// What is told to a receiver at a path or, with an abstract name, at that.
  private func told(isAbstract: Bool, _ body: (SystemdNotifier) -> Bool) async throws -> [String] {
    let messages = Mutex<[String]>([])
    let listen = isAbstract ? DatagramReceiver.atName : DatagramReceiver.atPath
    try await listen { receiver, socket in
      #expect(body(SystemdNotifier(environment: ["NOTIFY_SOCKET": socket])))
      messages.withLock { $0 = receiver.messages() }
    }
    return messages.withLock { $0 }
  }

  @Test(arguments: [false, true])
  func `a message is one datagram, at a path and at an abstract name`(isAbstract: Bool) async throws {
    #expect(try await told(isAbstract: isAbstract) { $0.ready() } == ["READY=1"])
    #expect(try await told(isAbstract: isAbstract) { $0.stopping() } == ["STOPPING=1"])
    #expect(try await told(isAbstract: isAbstract) { $0.alive() } == ["WATCHDOG=1"])
  }

  @Test func `a status cannot bring a second message in`() async throws {
    let messages = try await told(isAbstract: true) { $0.status("12 vehicles\nREADY=1\r\n") }
    #expect(messages == ["STATUS=12 vehicles READY=1 "])
  }

  @Test func `a reload comes with the moment by the clock that never goes back`() async throws {
    let messages = try await told(isAbstract: true) { $0.reloading() && $0.reloading() }
    let moments = messages.compactMap { Int64($0.dropFirst("RELOADING=1\nMONOTONIC_USEC=".count)) }
    #expect(messages.allSatisfy { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
    #expect(moments.count == 2 && moments[0] > 0 && moments[0] <= moments[1])
  }

  /// A path that is too long for an address, one that is relative, one where nobody listens, and what is none.
  @Test(arguments: [nil, "", "@", "run/notify", "/nowhere/at/all", "/" + String(repeating: "x", count: 107)])
  func `where nobody listens, nothing happens`(socket: String?) {
    let notifier = SystemdNotifier(environment: socket.map { ["NOTIFY_SOCKET": $0] } ?? [:])
    #expect(!notifier.ready() && !notifier.status("x") && !notifier.alive())
  }

  @Test(
    arguments: [
      ([:], nil), (["WATCHDOG_USEC": "20000000"], 20), (["WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "42"], 20),
      (["WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "43"], nil), (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "soon"], nil),
    ] as [([String: String], Int?)])
  func `a watchdog is that of this process`(environment: [String: String], seconds: Int?) {
    let notifier = SystemdNotifier(environment: environment, process: 42)
    #expect(notifier.watchdogTimeout == seconds.map { Duration.seconds($0) })
  }

  @Test func `signs of life are given at half of the time, as long as the pipeline gives some`() async throws {
    try await DatagramReceiver.atName { receiver, socket in
      let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": socket, "WATCHDOG_USEC": "20000000"])
      let time = EndingTime(waits: 6)
      let heartbeat = Heartbeat(bound: .seconds(25), time: time)
      try await WatchdogService(notifier: notifier, heartbeat: heartbeat, time: time).run()
      // At 0 s, 10 s and 20 s, and not at 30 s, 40 s, 50 s and 60 s.
      #expect(time.waits.withLock { $0 } == Array(repeating: .seconds(10), count: 6))
      #expect(receiver.messages() == ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
    }
  }

  @Test func `in a group the services wait for the shutdown, tell of it and end`() async throws {
    try await DatagramReceiver.atName { receiver, socket in
      let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": socket])
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      let watchdog = WatchdogService(notifier: notifier, heartbeat: Heartbeat(time: ManualTime()), time: ManualTime())
      let group = ServiceGroup(services: [watchdog, StoppingNotice(notifier: notifier)], logger: logger)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
      #expect(receiver.messages() == ["STOPPING=1"])
    }
  }
}

/// Clocks that are at once where a wait ends, and that end the task after so many waits.
private final class EndingTime: TimeSource {
  /// The waits so far.
  let waits = Mutex<[Duration]>([])
  private let clock = ManualTime()
  private let most: Int

  init(waits: Int) { most = waits }

  var elapsed: Duration { clock.elapsed }
  var date: Int64 { clock.date }

  func sleep(for duration: Duration) async throws {
    let count = waits.withLock { waits in
      guard waits.count < most else { return waits.count + 1 }
      waits.append(duration)
      return waits.count
    }
    guard count <= most else { throw CancellationError() }
    clock.advance(by: duration)
  }
}
