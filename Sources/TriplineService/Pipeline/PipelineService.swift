import Logging
import MyCarTracks
import NIOPosix
import ServiceLifecycle
import Synchronization
import TriplineAlerts
import TriplineStore

/// Runs the pipeline: takes what waits, lets time go on, looks at what other processes have changed, and hands out what is to be
/// delivered.
struct PipelineService: Service {
  let intake: Intake
  let pipeline: AlertPipeline
  let sinks: SinkBoard
  let store: AlertStore
  let time: any TimeSource
  let metrics: ServiceMetrics
  let health: HealthBoard
  let heartbeat: Heartbeat
  let clock: FeedClock
  let logger: Logger
  /// How long alerts and traces are kept, in milliseconds.
  let retention: @Sendable () async -> (alerts: Int64, traces: Int64)

  /// How often the log is tidied, and sinks are looked after.
  static let interval = Duration.seconds(1)
  /// How often time goes on, for one part of the fleet after the other: for all of it once a second.
  static let partInterval = Duration.seconds(1) / AlertEngine.parts
  /// How long it is from the beginning of one transaction to that of the next, at least: what comes meanwhile goes into one.
  static let pace = Duration.milliseconds(2)
  /// How old the oldest delivery may be before the outbox counts as stuck, in milliseconds.
  static let oldestDelivery: Int64 = 3_600_000

  func run() async throws {
    heartbeat.beat()
    await sinks.take(try await pipeline.start(at: time.date))
    heartbeat.beat()
    health.note { $0.store = .ok }
    try await noteBacklog()
    let ticks = Ticks()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.work(ticks) }
      group.addTask {
        // Whoever shuts down closes the intake, behind which all is taken.
        try await cancelWhenGracefulShutdown { await self.keepTime(ticks) }
      }
      group.addTask { try await cancelWhenGracefulShutdown { try await self.keepOrder() } }
      group.addTask { try await cancelWhenGracefulShutdown { try await self.lookAfterSinks() } }
      group.addTask {
        try? await gracefulShutdown()
        self.intake.close()
      }
      do {
        try await group.next()
        for try await _ in group {}
      } catch is CancellationError {
        intake.close()
      }
    }
    await sinks.stop()
  }

  /// Times at which time is to go on for one more part of the fleet.
  private final class Ticks: Sendable {
    private let due = Mutex(0)

    func add() { due.withLock { $0 += 1 } }

    /// Whether one is due.
    var isDue: Bool { due.withLock { $0 > 0 } }

    /// The same, and it counts as done then.
    func take() -> Bool {
      due.withLock { due in
        guard due > 0 else { return false }
        due -= 1
        return true
      }
    }
  }

  /// Takes fixes and lets time go on, one after the other: what is to be delivered is handed out in the order in which it was decided.
  private func work(_ ticks: Ticks) async throws {
    var round = Round()
    while let fixes = await intake.take() {
      heartbeat.beat()
      let start = time.elapsed
      do {
        if !fixes.isEmpty {
          await sinks.take(try await pipeline.take(fixes, at: time.date))
          metrics.decided(on: fixes.lazy.map(\.fix), at: time.date)
        }
        if ticks.take() { try await tick(&round) }
      } catch {
        health.note { $0.store = .unavailable("cannot be written") }
        throw error
      }
      if ticks.isDue { intake.wake() }
      let elapsed = time.elapsed - start
      if elapsed < Self.pace { try? await time.sleep(for: Self.pace - elapsed) }
    }
  }

  /// Tidies the log every second, and removes what is old every minute, a portion at a time.
  private func keepOrder() async throws {
    var rounds = 0
    var isTidy = false
    while (try? await time.sleep(for: Self.interval)) != nil {
      // It takes long, and does not belong where all else runs.
      do {
        rounds += 1
        let isForced = rounds % 60 == 0
        isTidy = try await NIOThreadPool.singleton.runIfActive { try store.tidyLog(isForced: isForced) } || isTidy
      } catch is CancellationError {
        return
      }
      guard rounds % 60 == 0 else { continue }
      if !isTidy {
        logger.warning("the log of the store grows: somebody has read the store for a minute and more", metadata: [:])
      }
      isTidy = false
      let (alerts, traces) = await retention()
      while !Task.isCancelled, try store.prune(alertsBefore: time.date - alerts, tracesBefore: time.date - traces) {
        await Task.yield()
      }
    }
  }

  private func keepTime(_ ticks: Ticks) async {
    while (try? await time.sleep(for: Self.partInterval)) != nil {
      ticks.add()
      intake.wake()
    }
  }

  /// How far time has gone on.
  private struct Round {
    /// The part whose turn it is.
    var part = 0
    /// What changes with what other processes do, as of the last look; what they did since the start was begun is looked at first.
    var signal: Int64?
  }

  /// Time goes on for one more part of the fleet; behind the last one looks at what other processes have changed.
  private func tick(_ round: inout Round) async throws {
    let now = time.date
    await sinks.take(try await pipeline.tick(round.part, at: now, fixesUpTo: clock.time(at: now)))
    round.part = (round.part + 1) % AlertEngine.parts
    guard round.part == 0 else { return }
    let newest = try store.signal()
    if newest != round.signal {
      round.signal = newest
      await sinks.take(try await pipeline.readSilences(at: time.date))
      try await sinks.readStore()
    }
  }

  /// Tells every five seconds what waits, and every minute receivers that forget what still fires. Both may take long where there is much.
  private func lookAfterSinks() async throws {
    var rounds = 0
    while (try? await time.sleep(for: Self.interval)) != nil {
      rounds += 1
      if rounds % 5 == 0 { try await noteBacklog() }
      if rounds % 60 == 0, await sinks.hasForgetful { await sinks.refresh(try store.standing()) }
    }
  }

  private func noteBacklog() async throws {
    let now = time.date
    var known: [String: SinkBacklog] = [:]
    // Also those that nothing waits for.
    for sink in await sinks.ids { known[sink] = SinkBacklog(sink: sink) }
    for backlog in try store.backlog() {
      known[backlog.sink] = SinkBacklog(
        sink: backlog.sink, waiting: backlog.waiting, oldest: backlog.oldest.map { max(0, now - $0) } ?? 0,
        deadLetters: backlog.dead)
    }
    let backlogs = known.values.sorted { $0.sink < $1.sink }
    metrics.backlogs(backlogs)
    let late = backlogs.filter { $0.oldest > Self.oldestDelivery }.map(\.sink)
    health.note {
      $0.outbox =
        late.isEmpty ? .ok : .unavailable("what goes to \(late.joined(separator: ", ")) has waited for over an hour")
    }
  }
}
