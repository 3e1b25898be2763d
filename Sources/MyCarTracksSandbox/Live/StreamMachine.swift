import TriplineJSON

/// One live stream: what it sends, and when.
struct StreamMachine: Sendable {
  /// What to do.
  enum Action: Sendable, Hashable {
    case send([UInt8])
    /// Close with a code.
    case close(UInt16)
    /// Break the connection without a word.
    case drop
  }

  let id: String
  private let vehicles: Set<Int>
  private let expires: Int64
  private let sandbox: Sandbox
  private var dice: Dice
  private var cursor: Int
  private var nextHeartbeat: Int64
  /// When something befalls the stream.
  private var trouble: (moment: Int64, fault: Fault)?
  private var isSilent = false
  /// Positions that are held back, so that others of their vehicle overtake them.
  private var held: [(due: Int64, position: Position)] = []

  /// Positions of one message, at most.
  private static let largestBatch = 50

  init(id: String, vehicles: Set<Int>, expires: Int64, seed: UInt64, at now: Int64, of sandbox: Sandbox) {
    self.id = id
    self.vehicles = vehicles
    self.expires = expires
    self.sandbox = sandbox
    dice = Dice(seed: seed)
    cursor = sandbox.program.first(after: sandbox.moment(at: now))
    nextHeartbeat = now + sandbox.options.heartbeat
    let faults = Fault.allCases.filter { [.socketDrop, .socketSilence, .socketError].contains($0) }
      .filter(sandbox.options.faults.contains)
    if let fault = faults.randomElement(using: &dice) {
      trouble = (now + Int64.random(in: 2000...8000, using: &dice), fault)
    }
  }

  /// What is to be done by now; nothing is behind a close and a drop.
  mutating func due(at now: Int64) -> [Action] {
    if now >= expires { return [message("error", now, code: "STREAM_EXPIRED"), .close(1008)] }
    if let trouble, now >= trouble.moment {
      self.trouble = nil
      switch trouble.fault {
      case .socketDrop: return [.drop]
      case .socketError: return failure(now)
      default: isSilent = true
      }
    }
    var actions = positions(at: now)
    if now >= nextHeartbeat {
      nextHeartbeat = now + sandbox.options.heartbeat
      actions.append(message("heartbeat", now))
    }
    return isSilent ? [] : actions
  }

  /// When there will be something again, in milliseconds UTC.
  var next: Int64 {
    var next = min(expires, nextHeartbeat)
    if let trouble { next = min(next, trouble.moment) }
    if let due = held.map(\.due).min() { next = min(next, due) }
    let items = sandbox.program.items
    if cursor < items.count, let replay = sandbox.options.replay {
      next = min(next, replay.date(of: items[cursor].moment))
    }
    return next
  }

  private typealias Position = (point: SandboxPoint, vehicle: SandboxAccount.Vehicle, track: Int64)

  private mutating func positions(at now: Int64) -> [Action] {
    let (items, account) = (sandbox.program.items, sandbox.account)
    let moment = sandbox.moment(at: now)
    var actions: [Action] = []
    var positions: [Position] = held.filter { $0.due <= now }.map(\.position)
    held.removeAll { $0.due <= now }
    while cursor < items.count, items[cursor].moment <= moment {
      let item = items[cursor]
      cursor += 1
      guard vehicles.contains(item.vehicle), !sandbox.isRemoved(item.vehicle, at: now) else { continue }
      switch item.kind {
      case .position(let track, let point):
        let position = (account.tracks[track].points[point], account.vehicles[item.vehicle], account.tracks[track].id)
        if sandbox.options.faults.contains(.disorder), dice.happens(0.2) {
          held.append((now + Int64.random(in: 1500...4000, using: &dice), position))
          continue
        }
        positions.append(position)
        if sandbox.options.faults.contains(.duplicates), dice.happens(0.1) { positions.append(position) }
      case .offline(let since):
        actions.append(
          .send(
            sandbox.wording.liveEvent(
              "offline", at: now,
              sandbox.wording.vehicle(account.vehicles[item.vehicle])
                + [.init("lastPositionTime", sandbox.wording.time(since))]
            ).bytes))
      }
    }
    var rest = positions[...]
    while !rest.isEmpty {
      if sandbox.options.faults.contains(.garbage), dice.happens(0.1) { actions.append(garbage(now)) }
      let batch = rest.prefix([.batch, .lines].contains(sandbox.options.dialect.wsShape) ? Self.largestBatch : 1)
      rest = rest.dropFirst(batch.count)
      actions += sandbox.wording.livePositions(Array(batch), at: now).map { .send($0) }
    }
    return actions
  }

  /// The ways in which a stream fails: codes of errors and of closes are ASSUMED.
  private mutating func failure(_ now: Int64) -> [Action] {
    let ways: [(code: String?, close: UInt16)] = [
      ("INTERNAL", 1011), ("UNAUTHORIZED", 4401), ("FORBIDDEN_VEHICLE", 1008), ("TOO_MANY_STREAMS", 1008), (nil, 1001),
      (nil, 1000),
    ]
    guard let way = ways.randomElement(using: &dice) else { return [] }
    return (way.code.map { [message("error", now, code: $0)] } ?? []) + [.close(way.close)]
  }

  private mutating func garbage(_ now: Int64) -> Action {
    let texts = [
      "{", "not json", #"{"type":"position"}"#, #"{"type":"weather","sky":"blue"}"#, "[]", "", "null", "\u{0}",
    ]
    return .send(Array((texts.randomElement(using: &dice) ?? "").utf8))
  }

  private func message(_ name: String, _ now: Int64, code: String? = nil) -> Action {
    let members: [JSONNode.Member] =
      code.map { [.init("code", .string($0)), .init("message", .string("the live stream has ended"))] } ?? []
    return .send(sandbox.wording.liveEvent(name, at: now, members).bytes)
  }
}
