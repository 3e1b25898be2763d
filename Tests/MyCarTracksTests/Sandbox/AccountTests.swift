import Foundation
import MyCarTracksTesting
import Testing

@testable import MyCarTracks
@testable import MyCarTracksSandbox

/// A client of a sandbox in the same process, with clocks that nobody waits for.
struct Connection {
  let client: MyCarTracksClient
  let transport: SandboxTransport
  let time: ManualTime
  let account: SandboxAccount

  init(
    _ account: SandboxAccount, _ options: SandboxOptions = SandboxOptions(), failing: [Int: MyCarTracksError] = [:],
    latency: Duration = .zero, bytesPerSecond: Int? = nil, secret: String? = nil
  ) throws {
    self.account = account
    time = ManualTime(date: 1_780_000_060_000)
    transport = SandboxTransport(
      Sandbox(account: account, options: options), time: time, failing: failing, latency: latency,
      bytesPerSecond: bytesPerSecond)
    let configuration = try ClientConfiguration(baseURL: "http://127.0.0.1:1/services/rest/v3")
    var dice = Dice(seed: options.seed)
    let chance = Double(dice.next() >> 11) / Double(1 << 53)
    client = MyCarTracksClient(
      credentials: Credentials(clientID: options.clientID, clientSecret: Secret(secret ?? options.clientSecret)),
      configuration: configuration, transport: transport, time: time, chance: { chance })
  }

  /// All points of all tracks as the client reads them, by track, in the order of time.
  func allPoints() async throws -> [ResourceID: [TrackPoint]] {
    var points: [ResourceID: [TrackPoint]] = [:]
    for try await track in client.tracks(priority: .background) {
      points[track.id] = try await client.trackPoints(of: track.id, priority: .background).all()
        .sorted { $0.time < $1.time }
    }
    return points
  }
}

@Suite struct AccountTests {
  private let account = SandboxAccount.synthetic(vehicles: 3, tracks: 4, points: 40)

  @Test(arguments: dialects.keys.sorted())
  func `in every dialect everything is read, once`(name: String) async throws {
    let dialect = try #require(dialects[name])
    var options = SandboxOptions()
    options.dialect = dialect
    let connection = try Connection(account, options)
    let vehicles = try await connection.client.vehicles().all()
    #expect(vehicles.map(\.name) == ["Van 1", "Van 2", "Van 3"])
    #expect(vehicles.map(\.id.text) == ["101", "102", "103"])
    let tracks = try await connection.client.tracks().all()
    #expect(Set(tracks.map(\.id.text)) == Set(account.tracks.map { "\($0.id)" }) && tracks.count == 12)
    for track in tracks {
      let expected = try #require(account.tracks.first { "\($0.id)" == track.id.text })
      #expect(track.vehicleID?.text == "\(101 + expected.vehicle)")
      #expect(track.startTime == expected.points.first?.time && track.endTime == expected.points.last?.time)
      let single = try await connection.client.track(track.id)
      #expect(single == track)
    }
    for (id, points) in try await connection.allPoints() {
      let expected = try #require(account.tracks.first { "\($0.id)" == id.text })
      #expect(points.count == 40)
      for (point, sent) in zip(points, expected.points) {
        #expect(point.time == sent.time && point.latitude == sent.latitude && point.longitude == sent.longitude)
        #expect(UnitFindings().altitude(point.altitude) == Double(sent.altitude))
        #expect(point.bearing == (dialect.bearing ? 90 : nil) && point.accuracy == (dialect.accuracy ? 5 : nil))
      }
    }
    let last = try await connection.client.lastPositions().all()
    #expect(last.map(\.vehicleID.text) == ["101", "102", "103"] && last.map(\.vehicleName) == vehicles.map(\.name))
    #expect(last.map(\.point.time) == (0..<3).map { 1_780_000_000_000 - Int64($0) * 1000 })
    #expect(connection.client.skippedRows.isEmpty)
    #expect(connection.transport.sandbox.statuses[403] == nil)
  }

  @Test(arguments: dialects.keys.sorted())
  func `in every dialect the units are found`(name: String) async throws {
    let dialect = try #require(dialects[name])
    var options = SandboxOptions()
    options.dialect = dialect
    let connection = try Connection(account, options)
    var probe = UnitProbe()
    for track in try await connection.client.tracks().all() {
      probe.add(track, try await connection.client.trackPoints(of: track.id, priority: .background).all())
    }
    let findings = probe.findings
    let track = try await connection.client.track(ResourceID("90001"))
    let points = try await connection.client.trackPoints(of: track.id, priority: .background).all()
    #expect(abs((findings.distance(track.distance) ?? 0) - 390) < 3, "\(findings.report)")
    #expect(abs((findings.speed(points[5].speed) ?? 0) - 10) < 0.01, "\(findings.report)")
    #expect(findings.duration == (dialect.lengths == .ms ? .milliseconds : .seconds))
  }

  @Test(arguments: dialects.keys.sorted())
  func `in every dialect tracks of a time are found`(name: String) async throws {
    let dialect = try #require(dialects[name])
    var options = SandboxOptions()
    options.dialect = dialect
    let connection = try Connection(account, options)
    let day = 1_780_000_000_000 - 86_400_000
    let tracks = try await connection.client.tracks(in: Int64(day - 3_600_000)..<Int64(day + 3_600_000)).all()
    let expected = account.tracks.filter {
      $0.points[0].time < day + 3_600_000 && ($0.points.last?.time ?? 0) > day - 3_600_000
    }
    #expect(Set(tracks.map(\.id.text)) == Set(expected.map { "\($0.id)" }) && expected.count == 3)
    let form: LearnedSettings.TimeFilter =
      switch dialect.filterTimes {
      case .s: .seconds
      case .ms: .milliseconds
      case .ignored: .ignored
      }
    #expect(connection.client.learned.timeFilter == form)
    let ofVehicle = try await connection.client.tracks(of: ResourceID("102")).all()
    #expect(ofVehicle.count == 4 && ofVehicle.allSatisfy { $0.vehicleID?.text == "102" })
  }

  @Test(
    arguments: [Fault.shortTokens, .unauthorized, .serverErrors, .truncatedBody, .brokenConnection, .slowBody],
    0..<5 as Range<UInt64>)
  func `whatever fails for a while, everything is read, once`(fault: Fault, seed: UInt64) async throws {
    var options = SandboxOptions()
    options.faults = [fault]
    options.seed = seed
    options.dialect = [.a, .b, .c][Int(seed % 3)]
    options.dialect.limitCap = 25
    // Each answer takes a second, so that tokens of five end between pages.
    let connection = try Connection(account, options, latency: .seconds(1))
    let points = try await connection.allPoints()
    #expect(points.count == 12)
    let statuses = connection.transport.sandbox.statuses
    if fault == .shortTokens { #expect(connection.transport.requests.count { $0.url.hasSuffix("/token") } > 5) }
    if fault == .unauthorized { #expect((statuses[401] ?? 0) > 0, "seed \(seed)") }
    if fault == .serverErrors { #expect([500, 502, 503].contains { statuses[$0] != nil }, "seed \(seed)") }
    for (id, points) in points {
      let expected = try #require(account.tracks.first { "\($0.id)" == id.text })
      #expect(points.map(\.time) == expected.points.map(\.time), "\(fault), seed \(seed)")
    }
  }

  @Test func `a filter that is right no longer is found out, also where it finds nothing`() async throws {
    var options = SandboxOptions()
    options.dialect.filterTimes = .ms
    let connection = try Connection(account, options)
    connection.client.learn { $0.timeFilter = .seconds }
    let end: Int64 = 1_780_000_000_000
    #expect(try await connection.client.tracks(in: end - 3_600_000..<end).all().count == 3)
    #expect(connection.client.learned.timeFilter == .milliseconds)
  }

  @Test func `where filters do nothing and the order is any, every track of a time is found`() async throws {
    var options = SandboxOptions()
    options.dialect.filterTimes = .ignored
    for order in [Dialect.TrackOrder.shuffled, .newest, .oldest] {
      options.dialect.trackOrder = order
      let account = SandboxAccount.synthetic(vehicles: 2, tracks: 150, points: 2)
      let connection = try Connection(account, options)
      let (day, end): (Int64, Int64) = (86_400_000, 1_780_000_000_000)
      let tracks = try await connection.client.tracks(in: end - 4 * day..<end - 2 * day - day / 2).all()
      // Two of the third day, and that of the fourth which ends with it; the other one's ended a second before.
      #expect(tracks.count == 3, "\(order)")
    }
  }

  @Test func `fields and order can be asked for, and the number of tracks`() async throws {
    let connection = try Connection(account)
    let vehicles = try await connection.client.vehicles(fields: ["id", "name"], sort: "-id").all()
    #expect(vehicles.map(\.id.text) == ["103", "102", "101"] && vehicles.allSatisfy { $0.description == nil })
    #expect(try await connection.client.trackCount() == 12)
    var options = SandboxOptions()
    options.dialect.totalKey = .absent
    #expect(try await Connection(account, options).client.trackCount() == nil)
  }

  @Test(arguments: Traffic.allCases)
  func `whatever an account has, everything with a place is read, once`(traffic: Traffic) async throws {
    let account = account.with([traffic], seed: 3)
    let connection = try Connection(account)
    let points = try await connection.allPoints()
    #expect(points.count == account.tracks.count)
    var dropped = 0
    for track in account.tracks {
      let sent = track.points.filter { $0.latitude != 0 || $0.longitude != 0 }
      dropped += track.points.count - sent.count
      #expect(points[ResourceID("\(track.id)")]?.map(\.time).sorted() == sent.map(\.time).sorted())
    }
    #expect(connection.client.skippedRows["trackpoints"] ?? 0 == dropped && (traffic == .nullIsland) == (dropped > 0))
    #expect(try await connection.client.vehicles().all().count == account.vehicles.count)
  }

  @Test func `a page that is cut short by the server is not the last one, and is learned from`() async throws {
    var options = SandboxOptions()
    options.dialect.limitCap = 15
    let connection = try Connection(account, options)
    _ = try await connection.client.trackPoints(of: ResourceID("90001")).all()
    let first = connection.transport.requests.count
    // 15, 15 and 10 rows; the third page is known to be the last one, for 15 rows have been seen.
    #expect(first == 1 + 3)
    _ = try await connection.client.trackPoints(of: ResourceID("90002")).all()
    #expect(connection.transport.requests.count == first + 3)
  }

  @Test func `the account's requests are never exceeded, however many callers there are`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 30
    let connection = try Connection(SandboxAccount.synthetic(vehicles: 2, tracks: 60, points: 3), options)
    let points = try await connection.allPoints()
    #expect(points.count == 120 && points.values.allSatisfy { $0.count == 3 })
    #expect(connection.transport.sandbox.statuses[403] == nil)
    // Every window has 30, of which 6 are kept for others.
    #expect(connection.time.elapsed > .seconds(900 * 9))
  }

  @Test func `a page that does not come in time is asked for in smaller parts`() async throws {
    let account = SandboxAccount.synthetic(vehicles: 1, tracks: 1, points: 20_000)
    // 20,000 points are 3 MB, of which half a minute brings half.
    let connection = try Connection(account, bytesPerSecond: 50_000)
    let points = try await connection.client.trackPoints(of: ResourceID("90001"), priority: .background).all()
    #expect(points.map(\.time) == account.tracks[0].points.map(\.time))
    #expect(connection.transport.requests.count < 20)
  }

  @Test func `an answer that never comes in time is given up`() async throws {
    let connection = try Connection(account, bytesPerSecond: 1)
    let error = await #expect(throws: MyCarTracksError.self) { try await connection.client.vehicles().all() }
    #expect(error?.code == .deadlineExceeded)
  }

  @Test func `two programs that share an account are refused for a while, and nothing is lost`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 12
    let connection = try Connection(account, options)
    // The other one takes requests between those of this one, and leaves nothing in reserve.
    let other = SandboxRequest(path: "/services/rest/v3/vehicles")
    var points: [ResourceID: Int] = [:]
    for track in try await connection.client.tracks(priority: .background).all() {
      for _ in 0..<4 { _ = connection.transport.sandbox.respond(to: other, at: connection.time.date) }
      points[track.id] = try await connection.client.trackPoints(of: track.id, priority: .background).all().count
    }
    #expect(points.count == 12 && points.values.allSatisfy { $0 == 40 })
    #expect((connection.transport.sandbox.statuses[403] ?? 0) > 0)
  }

  @Test func `many callers at once stay within what is left, also where nobody has told it yet`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 200
    // All of them at once, by the system's clock.
    let time = SystemTime()
    let sandbox = Sandbox(account: account, options: options)
    let client = MyCarTracksClient(
      credentials: Credentials(clientID: options.clientID, clientSecret: Secret(options.clientSecret)),
      configuration: try ClientConfiguration(baseURL: "http://127.0.0.1:1/services/rest/v3"),
      transport: SandboxTransport(sandbox, time: time), time: time)
    // Another program has used most of it.
    let other = SandboxRequest(path: "/services/rest/v3/vehicles")
    for _ in 0..<150 { _ = sandbox.respond(to: other, at: time.date) }
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 {
        group.addTask { (try? await client.track(ResourceID("90001"), priority: .user)) != nil }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(sandbox.statuses[403] == nil)
    #expect(outcomes.contains(true) && outcomes.contains(false))
  }

  @Test func `a scope that the credentials do not have is told apart from wrong credentials`() async throws {
    var options = SandboxOptions()
    options.scopes = ["write"]
    let refused = try Connection(account, options)
    let error = await #expect(throws: MyCarTracksError.self) { try await refused.client.vehicles().all() }
    #expect(error?.code == .scopeRefused && error?.status == 400)
    // Of those that may write, no more than reading is asked for.
    options.scopes = ["read", "write"]
    let granted = try Connection(account, options)
    #expect(try await granted.client.vehicles().all().count == 3)
    #expect(try await granted.client.scopes() == ["read"])
  }

  /// Answers of one status, whatever is asked for, but for a token.
  private struct FixedTransport: HTTPTransport {
    var reply: HTTPReply
    var token = HTTPReply(status: 200, body: Array(#"{"access_token":"abcdefgh.secret","expires_in":3600}"#.utf8))

    func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply {
      request.url.hasSuffix("/oauth/token") ? token : reply
    }
  }

  private func error(_ transport: FixedTransport) async throws -> MyCarTracksError? {
    let client = MyCarTracksClient(
      credentials: Credentials(clientID: "id", clientSecret: Secret("s")),
      configuration: try ClientConfiguration(baseURL: "http://127.0.0.1:1/services/rest/v3"), transport: transport,
      time: ManualTime(), chance: { 0.5 })
    return await #expect(throws: MyCarTracksError.self) { try await client.vehicles().all() }
  }

  @Test func `a 403 with requests left is a permission, and a redirection is not followed`() async throws {
    let forbidden = HTTPReply(status: 403, headers: ["X-Rate-Limit-Remaining": "77"], body: Array("{}".utf8))
    #expect(try await error(FixedTransport(reply: forbidden))?.code == .notPermitted)
    let redirection = HTTPReply(status: 301, headers: ["Location": "https://elsewhere.example/"])
    #expect(try await error(FixedTransport(reply: redirection))?.code == .redirected)
    #expect(try await error(FixedTransport(reply: redirection, token: redirection))?.code == .redirected)
  }

  @Test func `no part of a token is told, however long the answer that has it`() async throws {
    let token = String(repeating: "eyJhbGciOiJI", count: 80)
    let said = #"{"message":"invalid token \#(token)"}"#
    let failure = try await error(
      FixedTransport(
        reply: HTTPReply(status: 400, body: Array(said.utf8)),
        token: HTTPReply(status: 200, body: Array(#"{"access_token":"\#(token)"}"#.utf8))))
    #expect(failure?.message.contains("(token)") == true && failure?.message.contains("eyJ") == false)
  }

  @Test(arguments: [(429, MyCarTracksError.Code.rateLimited), (404, .malformedAnswer), (401, .credentialsRefused)])
  func `what the token endpoint answers is taken for what it is`(status: Int, code: MyCarTracksError.Code) async throws
  {
    let reply = HTTPReply(status: status, headers: status == 429 ? ["Retry-After": "5"] : [:])
    #expect(try await error(FixedTransport(reply: reply, token: reply))?.code == code)
  }

  @Test func `who waits for a token or for the next window can give up`() async throws {
    /// Never answers.
    struct Silence: HTTPTransport {
      let asked: AsyncStream<Void>.Continuation

      func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply {
        asked.yield()
        try await Task.sleep(for: .seconds(3600))
        throw CancellationError()
      }
    }
    let (requests, asked) = AsyncStream<Void>.makeStream()
    let client = MyCarTracksClient(
      credentials: Credentials(clientID: "id", clientSecret: Secret("s")),
      configuration: try ClientConfiguration(baseURL: "http://127.0.0.1:1/services/rest/v3"),
      transport: Silence(asked: asked))
    let task = Task { try await client.vehicles(priority: .background).all() }
    for await _ in requests { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `wrong credentials are told apart from a wrong scope, and no secret is told`() async throws {
    let connection = try Connection(account, secret: "hunter2")
    let error = await #expect(throws: MyCarTracksError.self) { try await connection.client.vehicles().all() }
    #expect(error?.code == .credentialsRefused && error?.status == 401)
    #expect("\(error as Any) \(String(reflecting: error))".contains("hunter2") == false)
    #expect(connection.transport.requests.count == 1)
  }

  @Test func `what is not there, and what may not be seen, is not asked for again`() async throws {
    let connection = try Connection(account)
    let error = await #expect(throws: MyCarTracksError.self) { try await connection.client.track(ResourceID("1")) }
    #expect(error?.code == .notFound && error?.status == 404)
    #expect(connection.transport.requests.count == 2)
    var options = SandboxOptions()
    options.dialect.geofences = false
    #expect(try await Connection(account, options).client.geofences() == nil)
  }

  @Test func `a connection that breaks again and again is given up after five tries`() async throws {
    let broken = MyCarTracksError(.connectionFailed, "the connection broke")
    let connection = try Connection(
      account, failing: Dictionary(uniqueKeysWithValues: (1..<100).map { ($0, broken) }))
    let error = await #expect(throws: MyCarTracksError.self) { try await connection.client.vehicles().all() }
    #expect(error?.code == .connectionFailed)
    #expect(connection.transport.requests.count == 1 + AttemptMachine.maximumTries)
  }

  @Test func `somebody who waits is told when the requests are used up`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 5
    let connection = try Connection(account, options)
    let error = await #expect(throws: MyCarTracksError.self) {
      for _ in 0..<10 { _ = try await connection.client.track(ResourceID("90001")) }
    }
    #expect(error?.code == .rateLimited && (error?.retryAfter ?? .zero) > .seconds(800))
    #expect(connection.transport.sandbox.statuses[403] == nil)
  }
}
