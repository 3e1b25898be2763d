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
/// start, the points of the tracks of those vehicles that have moved on are fetched from where the stream had left them. While
/// no stream lasts, the last positions are asked for every minute.
///
/// Who reads `updates` slowly slows the socket down. Nothing is dropped: a stream that ends meanwhile is made up for like any
/// other.
public actor LiveFeed {
  /// What comes. Ends when `run` does.
  public nonisolated let updates = LiveUpdates()

  private let client: MyCarTracksClient
  private let vehicles: [ResourceID]
  private let groups: [ResourceID]
  private let connector: any LiveConnector
  private let chance: @Sendable () -> Double
  private var machine = LiveSessionMachine()
  private var decoder = LiveDecoder()
  private var seen = SeenTimes()
  /// Up to which time nothing of a vehicle is missing.
  private var complete: [ResourceID: Int64]
  /// From which time on something of a vehicle may be missing.
  private var missing: [ResourceID: Int64]
  /// The same, of vehicles that are being made up for right now.
  private var madeUpFor: [ResourceID: Int64] = [:]
  /// What lies before was handed on by an earlier feed, or is no matter.
  private var beginnings: [ResourceID: Int64]
  /// When the gap began that is made up for next, in milliseconds UTC.
  private var lostAt: Int64
  private var streams: [Int: Task<Void, any Error>] = [:]
  private var sockets: [Int: any LiveSocket] = [:]
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
  public init(
    _ client: MyCarTracksClient, vehicles: [ResourceID] = [], groups: [ResourceID] = [],
    completeUpTo: [ResourceID: Int64] = [:]
  ) {
    self.init(
      client, vehicles: vehicles, groups: groups, completeUpTo: completeUpTo, connector: WebSocketConnector(),
      chance: { .random(in: 0...1) })
  }

  init(
    _ client: MyCarTracksClient, vehicles: [ResourceID] = [], groups: [ResourceID] = [],
    completeUpTo: [ResourceID: Int64] = [:], connector: any LiveConnector, chance: @escaping @Sendable () -> Double
  ) {
    self.client = client
    self.vehicles = vehicles
    self.groups = groups
    complete = completeUpTo
    missing = completeUpTo
    beginnings = completeUpTo
    lostAt = client.time.date
    for (vehicle, time) in completeUpTo { _ = seen.insert(vehicle, time, isMadeUpFor: false) }
    self.connector = connector
    self.chance = chance
    (events, notify) = AsyncStream.makeStream()
  }

  /// What could not be read of the live stream.
  public var counts: LiveDecoder.Counts { decoder.counts }

  /// Runs until the task is cancelled.
  ///
  /// - Throws: `MyCarTracksError` where the API refuses the credentials for good.
  public func run() async throws {
    defer { updates.finish() }
    try await withThrowingDiscardingTaskGroup { group in
      notify.yield(.started)
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
      group.cancelAll()
    }
    try Task.checkCancellation()
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
    case .ping(let number): sockets[number]?.ping()
    case .poll: group.addTask { try await self.ending { try await self.poll() } }
    case .lose:
      if missing.isEmpty { lostAt = client.time.date }
      for (vehicle, time) in complete where missing[vehicle] == nil { missing[vehicle] = time }
    case .catchUp: group.addTask { try await self.ending { try await self.catchUp() } }
    case .report(let status): await updates.send(.status(status))
    }
  }

  /// Runs a part; one that fails for good ends the whole.
  private func ending(_ part: () async throws -> Void) async throws {
    do {
      try await part()
    } catch {
      notify.finish()
      throw error
    }
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
      let stream = try await client.makeStream(vehicles: vehicles, groups: groups)
      let now = client.time.elapsed
      let expires = stream.expiry.map { now + .milliseconds($0 - client.time.date) }
      notify.yield(.made(number, expires: expires, heartbeat: stream.heartbeat))
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
      notify.yield(.failed(number))
    }
    sockets[number] = nil
  }

  private func connect(_ number: Int, _ url: Secret, token: Secret?) async throws {
    try await connector.run(
      url, token: token, opened: { await self.opened(number, $0) }, message: { await self.received(number, $0) })
  }

  private func opened(_ number: Int, _ socket: any LiveSocket) {
    sockets[number] = socket
    notify.yield(.opened(number))
  }

  private func received(_ number: Int, _ message: [UInt8]) async {
    let received = client.time.date
    var positions: [Position] = []
    var sign = message.isEmpty ? LiveSessionMachine.Sign.pong : .message
    for event in message.isEmpty ? [] : decoder.events(in: message) {
      switch event {
      case .position(let position):
        if concerns(position.vehicleID) { positions.append(position) }
      case .offline(let vehicle, let last):
        await updates.send(.offline(vehicleID: vehicle, lastPositionTime: last))
      case .heartbeat: sign = .heartbeat
      case .error: notify.yield(.closed(number))
      case .unknown: break
      }
    }
    notify.yield(.received(number, sign))
    for position in positions { note(position.point.time, of: position.vehicleID) }
    await deliver(positions, received: received, .stream)
  }

  /// Whether a vehicle was asked for, where the API could not be told which.
  private func concerns(_ vehicle: ResourceID) -> Bool {
    vehicles.isEmpty || client.learned.streamBody != .everything || vehicles.contains(vehicle)
  }

  /// Notes that a vehicle's positions have come up to a time. One in the future, of a clock that is wrong, says nothing.
  private func note(_ time: Int64, of vehicle: ResourceID) {
    guard time <= client.time.date + Self.furthest else { return }
    complete[vehicle] = max(complete[vehicle] ?? .min, time)
    if beginnings[vehicle] == nil { beginnings[vehicle] = time }
  }

  private func deliver(_ positions: [Position], received: Int64, _ origin: LiveUpdate.Origin) async {
    let fresh = positions.filter { position in
      let vehicle = position.vehicleID
      return seen.insert(
        vehicle, position.point.time, isMadeUpFor: missing[vehicle] != nil || madeUpFor[vehicle] != nil)
    }
    if !fresh.isEmpty { await updates.send(.positions(fresh, received: received, origin)) }
  }

  // MARK: Last positions and history

  private func poll() async throws {
    do {
      _ = try await lastPositions()
    } catch let error as MyCarTracksError where !Self.isFinal(error) {
      // The next poll, or the stream, makes up for it.
    }
  }

  private func lastPositions() async throws -> [Position] {
    let positions = try await client.lastPositions(priority: .live).all()
      .filter { vehicles.isEmpty || vehicles.contains($0.vehicleID) }
    for position in positions where complete[position.vehicleID] == nil {
      note(position.point.time, of: position.vehicleID)
      guard let time = complete[position.vehicleID] else { continue }
      missing[position.vehicleID] = time
    }
    await deliver(positions, received: client.time.date, .lastPositions)
    return positions
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
        try await fetchMissing()
        guard !missing.isEmpty && !hasToCatchUpAgain else { continue }
        // History has not come as far as the last positions.
        try await client.time.sleep(for: LiveSessionMachine.pollInterval)
      } catch let error as MyCarTracksError where !Self.isFinal(error) {
        try await client.time.sleep(for: error.retryAfter ?? LiveSessionMachine.pollInterval)
      }
    } while hasToCatchUpAgain || !missing.isEmpty
  }

  private func fetchMissing() async throws {
    // What is lost from here on is noted beside it, and made up for the next time.
    madeUpFor = missing
    missing = [:]
    defer {
      for (vehicle, time) in madeUpFor { missing[vehicle] = min(missing[vehicle] ?? .max, time) }
      madeUpFor = [:]
    }
    let last = try await lastPositions()
    // Those that have moved on, and those that were on their way when the gap began: some of theirs may have come out of order.
    let active = lostAt - Self.furthest
    let moved = last.filter { position in
      madeUpFor[position.vehicleID].map { position.point.time > min($0, active) } ?? false
    }
    // Others, and those without a last position, have nothing that could be fetched.
    let wanted = Set(moved.map(\.vehicleID))
    madeUpFor = madeUpFor.filter { wanted.contains($0.key) }
    guard let first = madeUpFor.values.min() else { return }
    let fetched = try await fetchTracks(of: moved.map(\.vehicleID), since: first - Self.margin)
    for position in moved where fetched[position.vehicleID] ?? .min >= position.point.time {
      madeUpFor[position.vehicleID] = nil
    }
  }

  /// Hands on the points of vehicles' tracks, and returns up to which time each has come.
  private func fetchTracks(of vehicles: [ResourceID], since first: Int64) async throws -> [ResourceID: Int64] {
    var fetched: [ResourceID: Int64] = [:]
    let times = first..<max(first + 1, client.time.date + 86_400_000)
    // Of a few vehicles the tracks of each, else those of all.
    let listings =
      vehicles.count <= 10
      ? vehicles.map { client.tracks(in: times, of: $0, priority: .background) }
      : [client.tracks(in: times, priority: .background)]
    for listing in listings {
      for try await track in listing {
        guard let vehicle = track.vehicleID, let missed = madeUpFor[vehicle] else { continue }
        // Some may have come out of their order before; what is known is left out. Nothing of an earlier feed is.
        let from = max(missed - Self.margin, beginnings[vehicle] ?? .min)
        guard (track.endTime ?? .max) >= from else { continue }
        let points = try await client.trackPoints(of: track.id, priority: .background).all()
          .filter { $0.time > from }.sorted { $0.time < $1.time }
        let positions = points.map { point in
          Position(vehicleID: vehicle, trackID: track.id, driverID: track.driverID, point: point.asLive)
        }
        if let end = points.last?.time {
          note(end, of: vehicle)
          fetched[vehicle] = max(fetched[vehicle] ?? .min, end)
        }
        await deliver(positions, received: client.time.date, .history)
      }
    }
    return fetched
  }

  /// How far before a gap positions may have been missed too, in milliseconds, because they came out of their order.
  private static let margin: Int64 = 3_600_000
  /// How far in the future a position may be, in milliseconds: section 8 of the contract.
  private static let furthest: Int64 = 600_000

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
