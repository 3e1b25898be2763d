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
      // Ends when the task is cancelled, also by a part of it that fails for good.
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
    case .make(let number): group.addTask { try await self.stream(number) }
    case .close(let number): sockets.removeValue(forKey: number)?.close()
    case .ping(let number): sockets[number]?.ping()
    case .poll: group.addTask { try await self.poll() }
    case .lose: for (vehicle, time) in complete where missing[vehicle] == nil { missing[vehicle] = time }
    case .catchUp: group.addTask { try await self.catchUp() }
    case .report(let status): await updates.send(.status(status))
    }
  }

  // MARK: Streams

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
    for position in positions {
      complete[position.vehicleID] = max(complete[position.vehicleID] ?? .min, position.point.time)
    }
    await deliver(positions, received: received, .stream)
  }

  /// Whether a vehicle was asked for, where the API could not be told which.
  private func concerns(_ vehicle: ResourceID) -> Bool {
    vehicles.isEmpty || client.learned.streamBody != .everything || vehicles.contains(vehicle)
  }

  private func deliver(_ positions: [Position], received: Int64, _ origin: LiveUpdate.Origin) async {
    let fresh = positions.filter { seen.insert($0.vehicleID, $0.point.time) }
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
      complete[position.vehicleID] = position.point.time
      missing[position.vehicleID] = position.point.time
    }
    await deliver(positions, received: client.time.date, .lastPositions)
    return positions
  }

  /// Fetches what was missed, until all of it is there.
  private func catchUp() async throws {
    guard !isCatchingUp else {
      hasToCatchUpAgain = true
      return
    }
    isCatchingUp = true
    defer { isCatchingUp = false }
    repeat {
      hasToCatchUpAgain = false
      do {
        try await fetchMissing()
      } catch let error as MyCarTracksError where !Self.isFinal(error) {
        hasToCatchUpAgain = true
        try await client.time.sleep(for: error.retryAfter ?? LiveSessionMachine.pollInterval)
      }
    } while hasToCatchUpAgain
  }

  private func fetchMissing() async throws {
    let last = try await lastPositions()
    let wanted = missing
    let moved = last.filter { position in wanted[position.vehicleID].map { position.point.time > $0 } ?? false }
    for vehicle in wanted.keys where !moved.contains(where: { $0.vehicleID == vehicle }) { missing[vehicle] = nil }
    guard let first = moved.compactMap({ wanted[$0.vehicleID] }).min() else { return }
    var fetched: [ResourceID: Int64] = [:]
    let times = first..<max(first + 1, client.time.date + 86_400_000)
    // Of a few vehicles the tracks of each, else those of all.
    let listings =
      moved.count <= 10
      ? moved.map { client.tracks(in: times, of: $0.vehicleID, priority: .background) }
      : [client.tracks(in: times, priority: .background)]
    for listing in listings {
      for try await track in listing {
        guard let vehicle = track.vehicleID, let from = wanted[vehicle], (track.endTime ?? .max) >= from else {
          continue
        }
        let points = try await client.trackPoints(of: track.id, priority: .background).all()
          .filter { $0.time > from }.sorted { $0.time < $1.time }
        let positions = points.map { point in
          Position(vehicleID: vehicle, trackID: track.id, driverID: track.driverID, point: point.asLive)
        }
        if let end = points.last?.time { fetched[vehicle] = max(fetched[vehicle] ?? .min, end) }
        await deliver(positions, received: client.time.date, .history)
      }
    }
    for position in moved {
      let (vehicle, end) = (position.vehicleID, fetched[position.vehicleID] ?? .min)
      complete[vehicle] = max(complete[vehicle] ?? .min, end)
      // Where history has not come as far as the last position, the next time takes it up again.
      if missing[vehicle] == wanted[vehicle] && end >= position.point.time { missing[vehicle] = nil }
    }
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
