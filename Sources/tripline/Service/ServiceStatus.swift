import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats
import TriplineService
import TriplineStore

/// What a service does, from what it keeps and, where it runs, from what it answers.
struct ServiceStatus {
  /// A sink that something waits for, was given up for, or that is left alone.
  private struct Sink: Encodable {
    var sink: String
    var waiting = 0
    var dead = 0
    var oldest: Int64?
    var isDisabled = false
    var pausedUntil: Int64?

    private enum CodingKeys: String, CodingKey { case sink, waiting, dead, isDisabled }
  }

  private struct Record: Encodable {
    var service: String
    var problems: [String]
    var firing: [String: Int]
    var sinks: [Sink]
    var vehicles: Int
    var lastFix: String?
    var lastFixVehicle: String?
    var lagSeconds: Double?
    var silences: Int
  }

  private let now: Int64
  private let address: String
  /// `nil` where its port is known to its log only.
  private let answer: ReadinessProbe.Answer?
  /// How many alerts of each rule fire.
  private let firing: [String: Int]
  private let sinks: [Sink]
  private let vehicles: [AlertBatch.Vehicle]
  /// The newest fix there is, and whose it is.
  private let last: (time: Int64, vehicle: AlertBatch.Vehicle)?
  private let silences: [Silence]

  /// Looks at a store, and asks the service that the configuration in force is of.
  ///
  /// - Parameter now: the time, in milliseconds UTC.
  init(of store: AlertStore, at now: Int64) async throws {
    self.now = now
    let firing = try store.alerts(in: .min..<(.max), isFiring: true)
    self.firing = Dictionary(firing.map { ($0.alert.rule, 1) }, uniquingKeysWith: +)
    silences = try store.silences(after: now).filter { $0.startsAt <= now }
    sinks = try Self.sinks(store, at: now)
    let known = try store.vehicles()
    vehicles = known
    guard let state = try EngineInForce(store, at: now) else {
      address = ""
      answer = .silent("no service has run on \(store.path) yet")
      last = nil
      return
    }
    let (configuration, pipeline) = (state.configuration, state.pipeline)
    let newest = await pipeline.lastTimes.max { ($0.value, $0.key) < ($1.value, $1.key) }
    last = newest.flatMap { newest in
      known.first { $0.id == newest.key }.map { (time: newest.value, vehicle: $0) }
    }
    let settings = configuration.alerts.service
    address = "\(settings.httpHost):\(settings.httpPort)"
    guard settings.httpPort > 0 else {
      answer = nil
      return
    }
    answer = await ReadinessProbe.ask(host: settings.httpHost, port: settings.httpPort)
  }

  private static func sinks(_ store: AlertStore, at now: Int64) throws -> [Sink] {
    var sinks: [String: Sink] = [:]
    for backlog in try store.backlog() {
      sinks[backlog.sink] = Sink(
        sink: backlog.sink, waiting: backlog.waiting, dead: backlog.dead, oldest: backlog.oldest)
    }
    for (id, state) in try store.sinks() where state != AlertStore.SinkState() {
      sinks[id, default: Sink(sink: id)].isDisabled = state.isDisabled
      sinks[id]?.pausedUntil = state.pausedUntil
    }
    // A pause that is over is of no matter any more.
    return sinks.values.filter { $0.waiting + $0.dead > 0 || $0.isDisabled || $0.pausedUntil ?? 0 > now }
      .sorted { $0.sink < $1.sink }
  }

  // MARK: Text

  /// It in lines.
  func lines(_ times: LocalTime) -> [String] {
    var lines = ["service     \(service)"] + problems.map { "            \($0)" }
    let rules = firing.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
    let count = CountText.text(firing.values.reduce(0, +), "alert")
    lines.append("fires       " + (rules.isEmpty ? "nothing" : "\(count): \(rules.joined(separator: ", "))"))
    let (waiting, dead) = (sinks.reduce(0) { $0 + $1.waiting }, sinks.reduce(0) { $0 + $1.dead })
    lines.append("deliveries  \(waiting) waiting, \(dead) given up")
    lines += sinks.map { "            \(text(of: $0, times))" }
    lines.append("vehicles    \(vehicles.count)")
    let fix = last.map { last in
      let age = TimeSpan.text(max(0, now - last.time))
      return "\(times.text(last.time)) of \(last.vehicle.name) (\(last.vehicle.id)), \(age) ago"
    }
    lines.append("last fix    \(fix ?? "none yet")")
    lines.append("silences    \(silences.isEmpty ? "none" : "\(silences.count)")")
    for silence in silences {
      let matchers = silence.matchers.map(\.description).joined(separator: " ")
      lines.append("            \(matchers) until \(times.text(silence.endsAt)): \(silence.comment)")
    }
    return lines
  }

  /// It as a line of NDJSON.
  func json() throws -> String {
    try JSONLine.text(
      Record(
        service: state, problems: problems, firing: firing, sinks: sinks, vehicles: vehicles.count,
        lastFix: last.flatMap { Timestamp.text($0.time) }, lastFixVehicle: last?.vehicle.id,
        lagSeconds: last.map { Double(max(0, now - $0.time)) / 1000 }, silences: silences.count))
  }

  private var state: String {
    switch answer {
    case .ready?: "ready"
    case .notReady?: "not ready"
    case .silent?: "no answer"
    case nil: "not asked"
    }
  }

  private var service: String {
    switch answer {
    case .ready?: "ready, at \(address)"
    case .notReady?: "it runs at \(address), and is not ready"
    case .silent(let reason)?: address.isEmpty ? reason : "\(reason) at \(address)"
    case nil: "not asked: it listens on any port that is free, which its log names"
    }
  }

  private var problems: [String] { if case .notReady(let problems)? = answer { problems } else { [] } }

  private func text(of sink: Sink, _ times: LocalTime) -> String {
    var words: [String] = []
    if sink.waiting > 0 {
      let age = sink.oldest.map { ", the oldest for \(TimeSpan.text(max(0, now - $0)))" } ?? ""
      words.append("\(sink.waiting) waiting\(age)")
    }
    if sink.dead > 0 { words.append("\(sink.dead) given up") }
    if sink.isDisabled {
      words.append("it wants nothing any more; `tripline deliveries enable \(sink.sink)` tries it again")
    }
    if let until = sink.pausedUntil, until > now { words.append("it is left alone until \(times.text(until))") }
    return "\(sink.sink): \(words.joined(separator: "; "))"
  }
}
