import TriplineJSON

/// A part of a list.
struct ListPage {
  let offset: Int
  let limit: Int

  /// Reads `offset` and `limit`; fails where they are no numbers, and says what is wrong.
  static func parse(_ request: SandboxRequest, cap: Int?) -> Result<ListPage, ListPageError> {
    var numbers = (offset: 0, limit: 100)
    if let text = request.query["offset"] {
      guard let offset = Int(text), offset >= 0 else { return .failure(.init(message: "offset must not be negative")) }
      numbers.offset = offset
    }
    if let text = request.query["limit"] {
      guard let limit = Int(text), limit > 0 else { return .failure(.init(message: "limit must be positive")) }
      numbers.limit = limit
    }
    return .success(ListPage(offset: numbers.offset, limit: min(numbers.limit, cap ?? .max)))
  }
}

/// What is wrong with a page that was asked for.
struct ListPageError: Error { let message: String }

extension Sandbox {
  /// A page of a list whose rows are made as they are needed.
  func list(
    _ request: SandboxRequest, count: Int, includesTotal: Bool = false, row: (Int) -> [JSONNode.Member]
  ) -> SandboxReply {
    let page: ListPage
    switch ListPage.parse(request, cap: options.dialect.limitCap) {
    case .success(let parsed): page = parsed
    case .failure(let error): return failure(400, "bad_request", error.message)
    }
    let start = min(page.offset, count)
    let fields = request.query["fields"].map { Set($0.split(separator: ",").map(String.init)) }
    let rows = (start..<min(count, start + min(page.limit, count))).map { index in
      JSONNode.object(row(index).filter { fields?.contains($0.name) ?? true })
    }
    switch options.dialect.envelope {
    case .bareArray: return json(.array(rows))
    case .nestedSingle: return json(.object(["data": .object(["data": .array(rows)])]))
    case .object:
      var members: [JSONNode.Member] = [
        .init("data", .array(rows)), .init("offset", .integer(Int64(page.offset))),
        .init("limit", .integer(Int64(page.limit))),
      ]
      if includesTotal, options.dialect.totalKey != .absent {
        members.append(.init(options.dialect.totalKey.rawValue, .integer(Int64(count))))
      }
      return json(.object(members))
    }
  }

  func vehicles(_ request: SandboxRequest, at now: Int64) -> SandboxReply {
    list(request, present(at: now).map { wording.row(account.vehicles[$0]) })
  }

  func fences(_ request: SandboxRequest) -> SandboxReply {
    list(request, account.fences.map(wording.row))
  }

  /// A page of a list whose rows are there, in their order, or in that of a field: `sort=name`, downwards `sort=-name`. How a
  /// sort is written is ASSUMED.
  private func list(_ request: SandboxRequest, _ rows: [[JSONNode.Member]]) -> SandboxReply {
    var rows = rows
    if let sort = request.query["sort"], let first = rows.first {
      let name = sort.drop { $0 == "-" }
      guard let column = first.firstIndex(where: { $0.name == name }) else {
        return failure(400, "bad_request", "there is no field \(name) to sort by")
      }
      rows.sort { $0[column].value.precedes($1[column].value) }
      if sort.hasPrefix("-") { rows.reverse() }
    }
    return list(request, count: rows.count) { rows[$0] }
  }

  func lastPositions(_ request: SandboxRequest, at now: Int64) -> SandboxReply {
    let moment = moment(at: now)
    let wanted = request.query["vehicleIds"].map { Set($0.split(separator: ",").map(String.init)) }
    var last: [Int: (point: SandboxPoint, track: Int64)] = [:]
    for track in account.tracks where !isRemoved(track.vehicle, at: now) {
      // Of what is there by now, the latest by the device's own time.
      let known = track.points[..<track.count(at: moment)]
      guard let point = known.max(by: { $0.time < $1.time }) else { continue }
      if last[track.vehicle].map({ $0.point.time < point.time }) ?? true { last[track.vehicle] = (point, track.id) }
    }
    let rows = last.keys.sorted().filter { wanted?.contains("\(account.vehicles[$0].id)") ?? true }
    return list(request, count: rows.count) { index in
      guard let (point, track) = last[rows[index]],
        case .object(let members) = wording.lastPosition(
          point, of: account.vehicles[rows[index]], track: track,
          isOnline: moment != .max && moment - point.uploaded < options.offlineAfter)
      else { preconditionFailure("a last position is an object") }
      return members
    }
  }
}

extension JSONNode {
  /// Whether a value comes before another one in a list that is sorted by them.
  fileprivate func precedes(_ other: JSONNode) -> Bool {
    switch (self, other) {
    case (.string(let a), .string(let b)): a < b
    case (.integer(let a), .integer(let b)): a < b
    case (.number(let a), .number(let b)): a < b
    default: false
    }
  }
}
