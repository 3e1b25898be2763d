import TriplineJSON

extension Sandbox {
  func tracks(_ request: SandboxRequest, at now: Int64) -> SandboxReply {
    let moment = moment(at: now)
    let vehicle = request.query["vehicleId"] ?? request.query["carId"]
    var times: (from: Int64, to: Int64) = (.min, .max)
    for (name, path) in [("startTime", \(from: Int64, to: Int64).from), ("endTime", \.to)] {
      guard options.dialect.filterTimes != .ignored, let text = request.query[name] else { continue }
      guard let number = Int64(text), number.magnitude < 1 << 52 else {
        return failure(400, "bad_request", "\(name) must be a number")
      }
      times[keyPath: path] = options.dialect.filterTimes == .s ? number * 1000 : number
    }
    var rows: [(track: SandboxTrack, count: Int, start: Int64)] = []
    for track in account.tracks {
      let count = track.count(at: moment)
      guard count > 0, vehicle == nil || vehicle == "\(account.vehicles[track.vehicle].id)",
        !isRemoved(track.vehicle, at: now)
      else { continue }
      let summary = track.summary(of: count)
      let last = options.dialect.filterMeaning == .overlap ? summary.end : summary.start
      guard last >= times.from, summary.start <= times.to else { continue }
      rows.append((track, count, summary.start))
    }
    switch options.dialect.trackOrder {
    case .newest: rows.sort { ($1.start, $1.track.id) < ($0.start, $0.track.id) }
    case .oldest: rows.sort { ($0.start, $0.track.id) < ($1.start, $1.track.id) }
    case .shuffled: rows.sort { Self.shuffle($0.track.id) < Self.shuffle($1.track.id) }
    }
    return list(request, count: rows.count, includesTotal: request.query["includeTotal"] == "true") { index in
      wording.row(rows[index].track, of: account.vehicles[rows[index].track.vehicle], count: rows[index].count)
    }
  }

  /// A number that has nothing to do with the order of ids.
  private static func shuffle(_ id: Int64) -> UInt64 {
    var dice = Dice(seed: UInt64(bitPattern: id))
    return dice.next()
  }

  func track(_ id: String, at now: Int64) -> SandboxReply {
    guard let (track, count) = known(id, at: now) else { return failure(404, "not_found", "no such track") }
    let row = JSONNode.object(wording.row(track, of: account.vehicles[track.vehicle], count: count))
    return json(options.dialect.singleTrack == .bare ? row : .object(["data": row]))
  }

  func points(_ request: SandboxRequest, of id: String, at now: Int64) -> SandboxReply {
    guard let (track, count) = known(id, at: now) else { return failure(404, "not_found", "no such track") }
    return list(request, count: count) { wording.row(track.points[$0], id: track.firstPointID + Int64($0)) }
  }

  /// A track of which something is known, and how many points.
  private func known(_ id: String, at now: Int64) -> (SandboxTrack, Int)? {
    guard let number = Int64(id) else { return nil }
    let (index, isTooFar) = number.subtractingReportingOverflow(90_001)
    guard !isTooFar, account.tracks.indices.contains(Int(index)),
      !isRemoved(account.tracks[Int(index)].vehicle, at: now)
    else { return nil }
    let track = account.tracks[Int(index)]
    let count = track.count(at: moment(at: now))
    return count > 0 ? (track, count) : nil
  }
}
