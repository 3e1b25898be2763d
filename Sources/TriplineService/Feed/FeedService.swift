import Logging
import MyCarTracks
import ServiceLifecycle
import TriplineCore
import TriplineStore

/// Puts live positions of an account into the intake.
struct FeedService: Service {
  /// How long positions wait for earlier ones of their vehicle that were missed.
  static let patience = Duration.seconds(120)
  /// How often somebody is told that something is wrong.
  static let troubleInterval = Duration.seconds(5)

  let client: MyCarTracksClient
  let vehicles: [ResourceID]
  let groups: [ResourceID]
  let units: UnitFindings
  /// Of each vehicle the time of the last fix that was taken.
  let lastTimes: @Sendable () async -> [String: Int64]
  let intake: Intake
  let clock: FeedClock
  let time: any TimeSource
  let metrics: ServiceMetrics
  let health: HealthBoard
  let notifier: SystemdNotifier
  let logger: Logger

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { try await self.follow() }
    } catch is CancellationError {}
    intake.close()
  }

  private func follow() async throws {
    let complete = await lastTimes().map { (ResourceID($0.key), $0.value) }
    let feed = LiveFeed(
      client, vehicles: vehicles, groups: groups, completeUpTo: Dictionary(uniqueKeysWithValues: complete),
      patience: Self.patience)
    let trouble = Task { try await tellTrouble(of: feed) }
    defer { trouble.cancel() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await feed.run() }
      group.addTask {
        var wasLive = false
        for await update in feed.updates { await self.take(update, &wasLive) }
      }
      // Of the two the one that ends later may be the one that says why.
      try await group.waitForAll()
    }
  }

  /// Logs what goes wrong with the feed, and says so to whoever asks whether it is ready.
  private func tellTrouble(of feed: LiveFeed) async throws {
    var known = 0
    while true {
      try await time.sleep(for: Self.troubleInterval)
      let (count, reason) = await feed.trouble
      guard count != known else { continue }
      known = count
      logger.warning("the feed has trouble", metadata: ["reason": "\(reason)", "times": "\(count)"])
      health.note { health in
        if health.feed != .ok { health.feed = .unavailable(reason) }
      }
    }
  }

  private func take(_ update: LiveUpdate, _ wasLive: inout Bool) async {
    switch update {
    case .positions(let positions, let received, _):
      let fixes = positions.compactMap { position in
        Fix(position.point, units, received: received).map {
          ReceivedFix(vehicleID: position.vehicleID.text, vehicleName: position.vehicleName, fix: $0)
        }
      }
      if fixes.count < positions.count {
        metrics.fixes(accepted: 0, rejected: positions.count - fixes.count, late: 0)
      }
      await intake.put(fixes)
    case .offline(let vehicle, _): logger.debug("a vehicle has stopped sending", metadata: ["vehicle": "\(vehicle)"])
    case .status(let status):
      logger.info("the feed is \(status.rawValue)")
      notifier.status("the feed is \(status.rawValue)")
      if status == .live && wasLive { metrics.streamReconnected() }
      if status == .live { wasLive = true }
      metrics.stream(isConnected: status == .live)
      if status == .connecting { clock.stop(at: time.date) } else { clock.start(at: time.date) }
      health.note { $0.feed = status == .connecting ? .unavailable("no stream yet") : .ok }
    }
  }
}
