import Synchronization
import TriplineJSON

extension Sandbox {
  /// Whether somebody may connect to a live stream.
  enum Admission: Sendable {
    case granted(StreamMachine)
    case refused(status: Int)
  }

  /// The path of live streams, without the id.
  static let livePath = "/live/positions"

  /// The answer to a request for a live stream.
  func makeStream(_ request: SandboxRequest, at now: Int64, _ state: inout State) -> SandboxReply {
    let names: (vehicles: String, groups: String) =
      switch options.dialect.streamBody {
      case .vehicleIds: ("vehicleIds", "vehicleGroupIds")
      case .groupIds: ("vehicleIds", "groupIds")
      case .vehicles: ("vehicles", "groups")
      case .empty: ("", "")
      }
    guard let body = (try? JSONDocument.parse(request.body.span, request.body.indices))?.object else {
      return failure(400, "bad_request", "the body must be a JSON object")
    }
    for (name, _) in body where name != names.vehicles && name != names.groups {
      return failure(400, "bad_request", "unknown field \(name)")
    }
    func ids(_ name: String) -> Set<String>? { body[name]?.array.map { Set($0.compactMap(\.identifier)) } }
    let (chosen, groups) = (ids(names.vehicles), ids(names.groups))
    let vehicles = account.vehicles.indices.filter { index in
      let vehicle = account.vehicles[index]
      if isRemoved(index, at: now) { return false }
      if chosen == nil && groups == nil { return true }
      return chosen?.contains("\(vehicle.id)") == true || groups?.contains("\(vehicle.group)") == true
    }
    if let chosen, !chosen.isSubset(of: present(at: now).map { "\(account.vehicles[$0].id)" }) {
      return failure(404, "not_found", "no such vehicle")
    }
    state.streams = state.streams.filter { now < $0.value.expires && (!$0.value.isUsed || $0.value.isOpen) }
    guard state.streams.count < options.maximumStreams else {
      return failure(403, "too_many_streams", "too many live streams")
    }
    let id = state.dice.uuid()
    let lifetime = options.faults.contains(.shortStreams) ? 10_000 : options.streamLifetime
    state.streams[id] = Stream(vehicles: Set(vehicles), expires: now + lifetime)
    return json(
      .object([
        "streamId": .string(String(id.prefix(8))),
        "websocketUrl": .string("ws://\(request.headers["host"] ?? "127.0.0.1")\(Self.livePath)?token=\(id)"),
        "expiresAt": wording.time(now + lifetime),
        "heartbeatIntervalSeconds": .number(Double(options.heartbeat) / 1000),
      ]), status: options.dialect.streamStatus)
  }

  /// Lets somebody connect who asks with the URL of a stream.
  func admit(_ request: SandboxRequest, at now: Int64) -> Admission {
    state.withLock { state in
      if let status = refusal(request, at: now, state) { return .refused(status: status) }
      guard let id = request.query["token"], let stream = state.streams[id] else { return .refused(status: 403) }
      state.streams[id]?.isUsed = true
      state.streams[id]?.isOpen = true
      return .granted(
        StreamMachine(
          id: id, vehicles: stream.vehicles, expires: stream.expires, seed: state.dice.next(), at: now, of: self))
    }
  }

  /// The status with which somebody is refused, or `nil`.
  func refusal(_ request: SandboxRequest, at now: Int64, _ state: State) -> Int? {
    guard request.path == Self.livePath, let id = request.query["token"], let stream = state.streams[id],
      now < stream.expires, !(stream.isUsed && options.isStreamURLSingleUse)
    else { return 403 }
    guard options.dialect.wsAuth == .bearer else { return nil }
    let isKnown = state.token.map { now < $0.end && request.headers["authorization"] == "Bearer " + $0.text } ?? false
    return isKnown ? nil : 401
  }

  /// A stream has been closed.
  func closed(_ stream: StreamMachine) { state.withLock { $0.streams[stream.id]?.isOpen = false } }
}
