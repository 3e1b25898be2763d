/// Positions of an account's vehicles as they come, none missing and none twice.
///
/// ```swift
/// let feed = LiveFeed(client)
/// async let running: Void = feed.run()
/// for await update in feed.updates {
///   if case .positions(let positions, _, _) = update { print(positions) }
/// }
/// ```
///
/// A stream is made, connected to, renewed before it ends, and made anew whenever it breaks. After each gap, and after the
/// start, the points of the tracks of those vehicles that have moved on are fetched from some hours before where the stream had
/// left them, vehicle by vehicle. While no stream lasts, the last positions are asked for every minute.
///
/// Who reads `updates` slowly slows the socket down. Nothing is dropped: a stream that ends meanwhile is made up for like any
/// other.
public actor LiveFeed {
  /// What comes. Ends when `run` does.
  public nonisolated let updates = LiveUpdates()

  private let client: MyCarTracksClient
  private let vehicles: Set<ResourceID>
  private let groups: [ResourceID]
  private let connector: any LiveConnector
  private let chance: @Sendable () -> Double
  private var machine = LiveSessionMachine()
  private var decoder = LiveDecoder()
  private var seen = SeenTimes()
  private var gaps: LiveGaps
  private var held: HeldPositions
  /// Waits until some that are held have waited for too long.
  private var patience: Task<Void, Never>?
  private var implausible = 0
  /// The vehicles of the groups that were asked for, and when that was found out; `nil` where the API does not say.
  private var members: (vehicles: Set<ResourceID>?, asked: Duration)?
  /// Streams of all vehicles, because the API could not be told which.
  private var ofEverything: Set<Int> = []
  /// Vehicles that were asked for and are gone, and those of them that the account has again.
  private var gone: Set<ResourceID> = []
  private var back: Set<ResourceID> = []
  private var streams: [Int: Task<Void, any Error>] = [:]
  private var sockets: [Int: any LiveSocket] = [:]
  private var lastSend: Task<Void, Never>?
  private var isCatchingUp = false
  private var hasToCatchUpAgain = false
  private let events: AsyncStream<LiveSessionMachine.Event>
  private let notify: AsyncStream<LiveSessionMachine.Event>.Continuation

  /// Creates a feed of some vehicles, or groups of them, or of all that may be seen.
  ///
  /// - Parameters:
  ///   - client: the client, whose budget it shares.
  ///   - vehicles: which vehicles.
  ///   - groups: which groups of vehicles.
  ///   - completeUpTo: the time of the last position of each vehicle that an earlier feed has handed on, in milliseconds UTC;
  ///     what came since is fetched first.
  ///   - patience: how long positions wait for earlier ones of their vehicle that were missed, so that they come in their order;
  ///     none unless given, and each comes as soon as it is known. Those whose earlier ones take longer are counted in
  ///     `vehiclesGivenUp`.
  public init(
    _ client: MyCarTracksClient, vehicles: [ResourceID] = [], groups: [ResourceID] = [],
    completeUpTo: [ResourceID: Int64] = [:], patience: Duration = .zero
  ) {
    self.init(
      client, vehicles: vehicles, groups: groups, completeUpTo: completeUpTo, patience: patience,
      connector: WebSocketConnector(), chance: { .random(in: 0...1) })
  }

  init(
    _ client: MyCarTracksClient, vehicles: [ResourceID] = [], groups: [ResourceID] = [],
    completeUpTo: [ResourceID: Int64] = [:], patience: Duration = .zero, connector: any LiveConnector,
    chance: @escaping @Sendable () -> Double
  ) {
    self.client = client
    self.vehicles = Set(vehicles)
    self.groups = groups
    held = HeldPositions(patience: patience)
    gaps = LiveGaps(completeUpTo: completeUpTo, at: client.time.date)
    for (vehicle, time) in completeUpTo { _ = seen.insert(vehicle, time, floor: .min) }
    self.connector = connector
    self.chance = chance
    (events, notify) = AsyncStream.makeStream()
  }

  /// What could not be read of the live stream, and what cannot be.
  public var counts: LiveDecoder.Counts {
    var counts = decoder.counts
    counts.implausible = implausible
    return counts
  }

  /// What went wrong last, for people, and how often something has; it has been or is being made up for.
  public private(set) var trouble: (count: Int, reason: String) = (0, "")

  private func note(_ error: any Error) {
    let reason =
      if let error = error as? MyCarTracksError { error.message } else if let error = error as? LiveRefusal {
        "the stream was refused with status \(error.status)"
      } else { "the stream was broken off" }
    trouble = (trouble.count + 1, reason)
  }

  /// How often positions of a vehicle have waited for earlier ones longer than they should: they were handed on, and what was
  /// missed of that vehicle comes behind them. Counts a vehicle once each time.
  public var vehiclesGivenUp: Int { held.givenUpCount }

  /// The last messages of which something could not be read, each cut short.
  public var unread: [String] { decoder.unread }

  /// Runs until the task is cancelled.
  ///
  /// - Throws: `MyCarTracksError` where the API refuses the credentials for good.
  public func run() async throws {
    defer { updates.finish() }
    try await withTaskCancellationHandler {
      try await work()
    } onCancel: {
      // Who waits for a reader waits no longer.
      updates.finish()
    }
    try Task.checkCancellation()
  }

  private func work() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      notify.yield(.started)
      group.addTask { try await self.ending { try await self.awaitReturns() } }
      var timer: (next: Duration, task: Task<Void, Never>)?
      // Ends when the task is cancelled, or a part of it has failed for good.
      for await event in events {
        for action in machine.handle(event, at: client.time.elapsed, chance: chance()) {
          await perform(action, in: &group)
        }
        guard machine.next != timer?.next || event == .timeReached else { continue }
        timer?.task.cancel()
        timer = machine.next.map { ($0, startTimer(until: $0)) }
      }
      timer?.task.cancel()
      patience?.cancel()
      group.cancelAll()
    }
  }

  private func startTimer(until moment: Duration) -> Task<Void, Never> {
    let (time, notify) = (client.time, notify)
    return Task {
      guard (try? await time.sleep(for: max(.zero, moment - time.elapsed))) != nil else { return }
      notify.yield(.timeReached)
    }
  }

  private func perform(_ action: LiveSessionMachine.Action, in group: inout ThrowingDiscardingTaskGroup<any Error>)
    async
  {
    switch action {
    case .make(let number): group.addTask { try await self.ending { try await self.runStream(number) } }
    case .close(let number):
      sockets.removeValue(forKey: number)?.close()
      // Also one that is not open yet, and may never be.
      streams.removeValue(forKey: number)?.cancel()
    case .finish(let number): sockets[number]?.finish()
    case .ping(let number): sockets[number]?.ping()
    case .poll: group.addTask { try await self.ending { try await self.poll() } }
    case .lose:
      gaps.lose(at: client.time.date)
      await send(.missed)
    case .catchUp: group.addTask { try await self.ending { try await self.catchUp() } }
    case .report(let status): await send(.status(status))
    }
  }

  /// Runs a part; one that fails for good ends the whole.
  private func ending(_ part: () async throws -> Void) async throws {
    do {
      try await part()
    } catch {
      notify.finish()
      updates.finish()
      throw error
    }
  }

  /// Hands an update on, also where the stream that brought it is being closed.
  private func send(_ update: LiveUpdate) async {
    let before = lastSend
    let task = Task { [updates] in
      // In the order in which they were decided.
      await before?.value
      await updates.send(update)
    }
    lastSend = task
    await task.value
  }

  // MARK: Streams

  private func runStream(_ number: Int) async throws {
    let task = Task { try await self.stream(number) }
    streams[number] = task
    defer { streams[number] = nil }
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func stream(_ number: Int) async throws {
    do {
      try await findMembers()
      let (stream, form) = try await makeStream()
      if form == .everything { ofEverything.insert(number) }
      defer { ofEverything.remove(number) }
      let now = client.time.elapsed
      // What ends at once, ends by a clock that is not this one.
      let left = stream.expiry.map { Duration.milliseconds($0 - client.time.date) }.flatMap {
        $0 >= .seconds(5) ? $0 : nil
      }
      notify.yield(.made(number, expires: left.map { now + $0 }, heartbeat: stream.heartbeat))
      do {
        try await connect(number, stream.url, token: nil)
      } catch let refusal as LiveRefusal where refusal.status == 401 || refusal.status == 403 {
        guard try LivePlace(stream.url).mayHaveToken(of: client.configuration.baseURL) else { throw refusal }
        try await connect(number, stream.url, token: try await client.accessToken())
      }
      notify.yield(.closed(number))
    } catch let error as MyCarTracksError where Self.isFinal(error) {
      throw error
    } catch is CancellationError {
      return
    } catch {
      note(error)
      notify.yield(.failed(number))
    }
    sockets[number] = nil
  }

  /// Makes a stream; where a vehicle is not known any more, of the others.
  private func makeStream() async throws -> (LiveStream, LearnedSettings.StreamBody) {
    let wanted = vehicles.subtracting(gone.subtracting(back)).sorted { $0.text < $1.text }
    do {
      let made = try await client.makeStream(vehicles: wanted, groups: groups)
      gone.subtract(wanted)
      back.subtract(wanted)
      return made
    } catch let error as MyCarTracksError where error.code == .notFound && !wanted.isEmpty {
      let there = Set(try await client.vehicles(priority: .live).all().map(\.id))
      // Of none there would be one of all.
      let missing = vehicles.subtracting(there)
      if missing != vehicles || !groups.isEmpty { gone = missing }
      back = []
      throw error
    }
  }

  /// Looks now and then whether vehicles are back that were gone, and has them followed again, from where they were left.
  private func awaitReturns() async throws {
    while true {
      try await client.time.sleep(for: Self.accountInterval)
      if gone.isEmpty { continue }
      do {
        let there = Set(try await client.vehicles(fields: ["id"], priority: .background).all().map(\.id))
        back = gone.intersection(there)
        if !back.isEmpty { notify.yield(.vehiclesAdded) }
      } catch let error as MyCarTracksError where !Self.isFinal(error) {
        note(error)
      }
    }
  }

  /// How long what is known of the account's vehicles holds.
  private static let accountInterval = Duration.seconds(900)

  private func connect(_ number: Int, _ url: Secret, token: Secret?) async throws {
    try await connector.run(
      url, token: token, opened: { await self.opened(number, $0) }, received: { await self.received(number, $0) })
  }

  private func opened(_ number: Int, _ socket: any LiveSocket) {
    sockets[number] = socket
    // What was fetched meanwhile does not reach as far as to what this one brings, of which nothing has come yet.
    if machine.hasLost {
      gaps.lose(at: client.time.date)
      // Who has joined a group meanwhile has something missing, too.
      members?.asked = client.time.elapsed - Self.accountInterval
    }
    hasToCatchUpAgain = true
    notify.yield(.opened(number))
  }

  private func received(_ number: Int, _ frame: LiveFrame) async {
    guard case .message(let message) = frame else {
      if case .ping = frame {
        notify.yield(.received(number, .message))
      } else {
        notify.yield(.received(number, .pong))
      }
      return
    }
    let received = client.time.date
    var positions: [Position] = []
    var sign = LiveSessionMachine.Sign.message
    for event in decoder.events(in: message) {
      switch event {
      case .position(let position):
        if concerns(position.vehicleID, number) { positions.append(position) }
      case .offline(let vehicle, let last):
        if concerns(vehicle, number) { await send(.offline(vehicleID: vehicle, lastPositionTime: last)) }
      case .heartbeat: sign = .heartbeat
      case .error: notify.yield(.closed(number))
      case .unknown: break
      }
    }
    notify.yield(.received(number, sign))
    await deliver(positions, received: received, .stream)
  }

  /// Whether a vehicle that a stream tells of was asked for.
  private func concerns(_ vehicle: ResourceID, _ number: Int) -> Bool {
    if groups.isEmpty { return vehicles.isEmpty || vehicles.contains(vehicle) }
    // Who is in a group only the API knows, where it could be told which group is meant.
    return !ofEverything.contains(number) || vehicles.contains(vehicle)
      || members?.vehicles?.contains(vehicle) ?? true
  }

  private func deliver(_ positions: [Position], received: Int64, _ origin: LiveUpdate.Origin) async {
    var fresh: [Position] = []
    for position in positions {
      let (vehicle, time) = (position.vehicleID, position.point.time)
      guard LiveGaps.isPlausible(time, at: received) else {
        implausible += 1
        continue
      }
      gaps.note(time, of: vehicle, isFromStream: origin == .stream)
      if seen.insert(vehicle, time, floor: gaps.floor(of: vehicle)) { fresh.append(position) }
    }
    if held.patience > .zero {
      fresh = held.take(fresh, at: client.time.elapsed, isMissing: gaps.isMissing)
      startPatience()
    }
    if !fresh.isEmpty { await send(.positions(fresh, received: received, origin)) }
  }

  /// Hands on what has waited for what was missing.
  private func releaseHeld() async {
    guard held.patience > .zero else { return }
    await handOn(held.release(at: client.time.elapsed, isMissing: gaps.isMissing))
  }

  private func handOn(_ free: [Position]) async {
    if !free.isEmpty { await send(.positions(free, received: client.time.date, .history)) }
  }

  /// Sees to it that what is held is handed on when it has waited for long enough, also where nothing else comes.
  private func startPatience() {
    guard patience == nil, let due = held.due else { return }
    let time = client.time
    patience = Task {
      guard (try? await time.sleep(for: max(.zero, due - time.elapsed))) != nil, !Task.isCancelled else { return }
      patience = nil
      await releaseHeld()
      startPatience()
    }
  }

  // MARK: Last positions and history

  private func poll() async throws {
    do {
      _ = try await lastPositions()
    } catch let error as MyCarTracksError where !Self.isFinal(error) {
      // The next poll, or the stream, makes up for it.
      note(error)
    }
  }

  private func lastPositions() async throws -> [Position] {
    try await findMembers()
    let positions = try await client.lastPositions(priority: .live).all().filter { isListed($0.vehicleID) }
    let received = client.time.date
    await deliver(positions, received: received, .lastPositions)
    gaps.started()
    return positions.filter { LiveGaps.isPlausible($0.point.time, at: received) }
  }

  /// Whether a vehicle of a list was asked for. Where the API does not say who is in a group, the stream does.
  private func isListed(_ vehicle: ResourceID) -> Bool {
    isFollowed(vehicle) || !groups.isEmpty && members?.vehicles == nil && gaps.isKnown(vehicle)
  }

  /// Whether a vehicle was asked for, as far as the API says who is in a group.
  private func isFollowed(_ vehicle: ResourceID) -> Bool {
    vehicles.isEmpty && groups.isEmpty || vehicles.contains(vehicle) || members?.vehicles?.contains(vehicle) ?? false
  }

  /// Finds out which vehicles are in the groups that were asked for, anew after a quarter of an hour.
  private func findMembers() async throws {
    let now = client.time.elapsed
    guard !groups.isEmpty, members.map({ now - $0.asked >= Self.accountInterval }) ?? true else { return }
    let all = try await client.vehicles(priority: .live).all()
    let known = all.contains { !$0.groupIDs.isEmpty }
    members = (known ? Set(all.filter { !$0.groupIDs.allSatisfy { !groups.contains($0) } }.map(\.id)) : nil, now)
  }

  /// Fetches what was missed, until all of it is there.
  private func catchUp() async throws {
    guard !isCatchingUp else {
      hasToCatchUpAgain = true
      return try await poll()
    }
    isCatchingUp = true
    defer { isCatchingUp = false }
    repeat {
      hasToCatchUpAgain = false
      do {
        let asOf = client.time.date
        try await fetchMissing()
        if !hasToCatchUpAgain { await send(.caughtUp(asOf: asOf, isComplete: gaps.isEmpty)) }
        // History may not have come as far as the last positions.
        while !gaps.isEmpty && !hasToCatchUpAgain {
          try await client.time.sleep(for: LiveSessionMachine.pollInterval)
          await releaseHeld()
          if gaps.isDue(at: client.time.elapsed) { break }
        }
      } catch let error as MyCarTracksError where !Self.isFinal(error) {
        note(error)
        await releaseHeld()
        try await client.time.sleep(for: error.retryAfter ?? LiveSessionMachine.pollInterval)
      }
    } while hasToCatchUpAgain || !gaps.isEmpty || !gaps.hasStarted
  }

  private func fetchMissing() async throws {
    let last = Dictionary(try await lastPositions().map { ($0.vehicleID, $0.point.time) }) { max($0, $1) }
    // They do not reach as far as what has been lost meanwhile.
    if hasToCatchUpAgain { return }
    let task = gaps.begin(last, at: client.time.elapsed, isFollowed: isFollowed)
    // Of those that have not moved on nothing is missing.
    await releaseHeld()
    guard let task else { return }
    do {
      try await fetchTracks(task)
    } catch {
      gaps.abandon()
      throw error
    }
  }

  /// A track of which points may be missing.
  private struct Source {
    var id: ResourceID
    var driverID: ResourceID?
  }

  /// Hands on the points of vehicles' tracks, and what waits for them, vehicle by vehicle.
  private func fetchTracks(_ task: LiveGaps.Task) async throws {
    let times = task.since..<max(task.since + 1, client.time.date + 86_400_000)
    // Of a few vehicles the tracks of each, else those of all.
    let listed: [ResourceID: [Source]]? =
      if task.vehicles.count > Self.fewVehicles { try await sources(in: times) } else { nil }
    var queue = CatchUpQueue(task.vehicles.keys)
    var failure: MyCarTracksError?
    while let vehicle = queue.next(held) {
      var own = listed?[vehicle] ?? []
      if listed == nil {
        do {
          own = try await sources(in: times, of: vehicle)[vehicle] ?? []
        } catch let error as MyCarTracksError where Self.concernsTrackAlone(error) {
          // One that is gone has nothing that could be missing; the others do not wait for one that fails.
          if error.code != .notFound {
            failure = error
            continue
          }
        }
      }
      let (reached, hasFailed) = try await fetchPoints(of: own, vehicle)
      gaps.conclude(vehicle, of: task, reached: reached, hasFailed: hasFailed, at: client.time.elapsed)
      if !gaps.isMissing(vehicle) {
        await handOn(held.release(vehicle))
      } else if let reached, !hasFailed {
        // What is still missing lies behind that.
        await handOn(held.release(vehicle, upTo: reached))
      }
    }
    if let failure { throw failure }
  }

  /// Vehicles whose tracks are listed one by one.
  private static let fewVehicles = 10

  /// The tracks of a vehicle, or of all, that may have what is missing.
  private func sources(in times: Range<Int64>, of vehicle: ResourceID? = nil) async throws -> [ResourceID: [Source]] {
    var found: [ResourceID: [Source]] = [:]
    for try await track in client.tracks(in: times, of: vehicle, priority: .background) {
      guard let owner = track.vehicleID ?? vehicle, let from = gaps.beginning(of: owner),
        (track.endTime ?? .max) >= from
      else { continue }
      found[owner, default: []].append(Source(id: track.id, driverID: track.driverID))
    }
    return found
  }

  /// Hands on the points of a vehicle's tracks; returns up to which time they have come, and whether some could not be had.
  private func fetchPoints(
    of sources: [Source], _ vehicle: ResourceID
  ) async throws -> (reached: Int64?, hasFailed: Bool) {
    var reached: Int64?
    var hasFailed = false
    for source in sources {
      guard let from = gaps.beginning(of: vehicle) else { break }
      do {
        let points = try await client.trackPoints(of: source.id, priority: .background).all()
          .sorted { $0.time < $1.time }
        let positions = points.filter { $0.time > from }.map { point in
          Position(vehicleID: vehicle, trackID: source.id, driverID: source.driverID, point: point.asLive)
        }
        if let end = points.last(where: { LiveGaps.isPlausible($0.time, at: client.time.date) })?.time {
          reached = max(reached ?? .min, end)
        }
        await deliver(positions, received: client.time.date, .history)
      } catch let error as MyCarTracksError where Self.concernsTrackAlone(error) {
        // One that has been deleted is no longer missing.
        if error.code != .notFound { hasFailed = true }
      }
    }
    return (reached, hasFailed)
  }

  /// Whether other tracks can be fetched where one has failed so.
  private static func concernsTrackAlone(_ error: MyCarTracksError) -> Bool {
    [.notFound, .badRequest, .notPermitted, .serverFailed, .deadlineExceeded, .malformedAnswer].contains(error.code)
  }

  /// Whether trying again is of no use.
  private static func isFinal(_ error: MyCarTracksError) -> Bool {
    error.code == .credentialsRefused || error.code == .scopeRefused
  }
}

extension TrackPoint {
  /// The point as a live position has it, without an id of its own.
  fileprivate var asLive: TrackPoint {
    var point = self
    point.id = nil
    return point
  }
}
