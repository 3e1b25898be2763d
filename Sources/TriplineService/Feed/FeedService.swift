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
  /// How long nobody is told of the same trouble again.
  static let reminderInterval = Duration.seconds(600)
  /// How often it is looked whether other vehicles are named, and how often whether the account has others.
  static let namesInterval = Duration.seconds(60)
  static let accountInterval = Duration.seconds(3600)
  /// How long it takes until it is looked again where the account's vehicles could not be listed.
  static let retryInterval = Duration.seconds(300)

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
  /// The ids of the vehicles that rules name.
  var ruleVehicles: @Sendable () async -> Set<String> = { [] }
  let standing = FeedStanding()

  func run() async throws {
    defer { intake.close() }
    do {
      try await cancelWhenGracefulShutdown { try await self.follow() }
    } catch is CancellationError {}
  }

  private func follow() async throws {
    let complete = await lastTimes().map { (ResourceID($0.key), $0.value) }
    let feed = LiveFeed(
      client, vehicles: vehicles, groups: groups, completeUpTo: Dictionary(uniqueKeysWithValues: complete),
      patience: Self.patience)
    let watches = [Task { try await tellTrouble(of: feed) }, Task { try await checkNames() }]
    defer { for watch in watches { watch.cancel() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await feed.run() }
      group.addTask {
        for await update in feed.updates { await self.take(update) }
      }
      // Of the two the one that ends later may be the one that says why.
      try await group.waitForAll()
    }
  }

  /// Logs what goes wrong with the feed, and says so to whoever asks whether it is ready.
  private func tellTrouble(of feed: LiveFeed) async throws {
    var (known, givenUp) = (0, 0)
    /// When what was told.
    var told: [String: Duration] = [:]
    while true {
      try await time.sleep(for: Self.troubleInterval)
      let all = await feed.vehiclesGivenUp
      if all > givenUp {
        metrics.vehiclesGivenUp(all - givenUp)
        logger.warning(
          "positions waited too long for earlier ones of their vehicles, which will come late",
          metadata: ["vehicles": "\(all - givenUp)"])
        givenUp = all
      }
      let (count, reason) = await feed.trouble
      guard count != known else { continue }
      known = count
      let now = time.elapsed
      told = told.filter { now - $0.value < Self.reminderInterval }
      if told[reason] == nil {
        told[reason] = now
        logger.warning("the feed has trouble", metadata: ["reason": "\(reason)", "times": "\(count)"])
      }
      health.note { health in
        if health.feed != .ok && !standing.isNoneThere { health.feed = .unavailable(reason) }
      }
    }
  }

  // MARK: Names

  /// Tells of vehicles that are named, by rules or as those to follow, and that the account does not have, and of groups that are
  /// to be followed and have none: at the start, when others are named, and when the account has changed.
  private func checkNames() async throws {
    var (checked, next) = (Set<String>(), Duration.zero)
    var told: [NamedVehicles.Unknown] = []
    var toldEmpty: [String] = []
    while true {
      let followed = Set(vehicles.map(\.text))
      let named = followed.union(await ruleVehicles())
      let now = time.elapsed
      if named != checked || !(named.isEmpty && groups.isEmpty) && now >= next {
        (checked, next) = (named, now + Self.accountInterval)
        do {
          // What the field of groups is called is not known.
          let fields = groups.isEmpty ? ["id", "name"] : []
          let account =
            named.isEmpty && groups.isEmpty
            ? [] : try await client.vehicles(fields: fields, priority: .background).all()
          let missing = NamedVehicles.unknown(named, in: account)
          note(missing, followed: followed)
          if missing != told && !missing.isEmpty { tell(missing) }
          told = missing
          let empty = NamedVehicles.empty(groups, in: account)
          if empty != toldEmpty && !empty.isEmpty { tell(emptyGroups: empty) }
          toldEmpty = empty
        } catch let error as MyCarTracksError {
          // What is wrong with the account the feed tells.
          logger.debug("the account's vehicles cannot be listed", metadata: ["reason": "\(error)"])
          next = now + Self.retryInterval
        }
      }
      try await time.sleep(for: Self.namesInterval)
    }
  }

  private func note(_ unknown: [NamedVehicles.Unknown], followed: Set<String>) {
    metrics.unknownVehicles(unknown.count)
    let isNoneThere = groups.isEmpty && !followed.isEmpty && followed.isSubset(of: unknown.map(\.id))
    guard let check = standing.note(isNoneThere: isNoneThere) else { return }
    health.note { $0.feed = check }
  }

  private func tell(_ unknown: [NamedVehicles.Unknown]) {
    let ids = unknown.prefix(NamedVehicles.mostGuessed).map { Logger.MetadataValue.string($0.description) }
    logger.warning(
      "the configuration names vehicles that the account does not have, or these credentials may not see",
      metadata: ["count": "\(unknown.count)", "vehicles": .array(ids)])
  }

  private func tell(emptyGroups: [String]) {
    logger.warning(
      "groups are to be followed in which the account has no vehicle, or these credentials may not see it",
      metadata: ["groups": .array(emptyGroups.map { .string($0) })])
  }

  // MARK: Updates

  private func take(_ update: LiveUpdate) async {
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
    case .status(let status): take(status)
    case .missed: clock.missed(at: time.date)
    case .caughtUp(let asOf, let isComplete): clock.caughtUp(asOf: asOf, isComplete: isComplete, at: time.date)
    }
  }

  private func take(_ status: LiveStatus) {
    let (change, check) = standing.note(status)
    switch change {
    case .renewed:
      metrics.streamRenewed()
      logger.debug("the stream is renewed")
      return
    case .reconnected: metrics.streamReconnected()
    case .other: break
    }
    logger.info("the feed is \(status.rawValue)")
    notifier.status("the feed is \(status.rawValue)")
    metrics.stream(isConnected: status == .live)
    if status == .live {
      clock.start(at: time.date)
    } else if clock.stop(at: time.date) {
      logger.warning(
        "the feed has dropped again before what was missed had come; nothing is decided by silence until it has"
      )
    }
    health.note { $0.feed = check }
  }
}
