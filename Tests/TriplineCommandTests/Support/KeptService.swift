import Foundation
import TriplineAlerts
import TriplineCore
import TriplineService
import TriplineStore

/// The store of a service that has taken fixes of synthetic vehicles: `7` and `8`, both named Van 42, of which `7` has come to the
/// yard, and `9`, named Lorry, which was there when it was first seen.
final class KeptService {
  private let folder: TemporaryFolder
  let store: AlertStore
  private let pipeline: AlertPipeline
  /// When the last fix was taken, in milliseconds UTC.
  let now: Int64

  /// Alerts of `In` wait for an hour in a group; nobody listens at the address.
  private static let text = """
    version: 1
    defaults: {timezone: Asia/Kolkata}
    fences:
      - {id: yard, name: Yard, circle: {center: {lat: 50, lon: 14}, radius: 200m}}
    rules:
      - {alert: In, when: {enter: {}}, labels: {severity: info}}
      - {alert: Out, when: {exit: {}}}
      - {alert: Stay, when: {dwell: {longer_than: 30m}}}
      - {alert: Parked, when: {stop: {longer_than: 2h}}}
    receivers:
      - {name: log, files: [{path: log.ndjson}]}
      - {name: office, files: [{path: office.ndjson}]}
    route:
      receiver: log
      routes: [{matchers: ['severity="info"'], receiver: office, group_by: [fence], group_wait: 1h}]
    store: {path: alerts.db}
    http: {listen: '127.0.0.1:1'}

    """

  init() async throws {
    folder = try TemporaryFolder()
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    self.now = now
    try Data(Self.text.utf8).write(to: URL(fileURLWithPath: folder.path("rules.yaml")))
    store = try AlertStore(path: folder.path("alerts.db"))
    let configuration = try LoadedConfiguration(path: folder.path("rules.yaml"))
    pipeline = try AlertPipeline(
      store: store, configuration: configuration, sinks: Self.sinks(configuration), source: "/tripline/test",
      metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
    _ = try await pipeline.start(at: now)
    var fixes: [ReceivedFix] = []
    for step in 0..<6 as Range<Int64> {
      for (id, name, isInside) in [("7", "Van 42", step > 2), ("8", "Van 42", false), ("9", "Lorry", true)] {
        let fix = Fix(
          vehicle: 0, time: now - (5 - step) * 30_000, latitude: isInside ? 50 : 50.01, longitude: 14, accuracy: 5)
        fixes.append(ReceivedFix(vehicleID: id, vehicleName: name, fix: fix))
      }
    }
    _ = try await pipeline.take(fixes, at: now)
  }

  /// The configuration.
  var file: String { folder.path("rules.yaml") }

  /// The id of the only alert.
  func alert() throws -> String { try store.alerts(in: .min..<(.max)).map(\.alert.id).first ?? "" }

  /// The ids of the sinks.
  func sinks() throws -> [String] { try Self.sinks(LoadedConfiguration(path: file)).map(\.id) }

  private static func sinks(_ configuration: LoadedConfiguration) -> [Outbox.Sink] {
    configuration.alerts.receivers.flatMap { receiver in
      receiver.sinks.map { Outbox.Sink(id: $0.id, receiver: receiver.name, takesGroups: false) }
    }
  }

  /// Loads the configuration without the rule `In`.
  func removeRule() async throws {
    let text = Self.text.split(separator: "\n").filter { !$0.contains("alert: In") }.joined(separator: "\n")
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    let configuration = try LoadedConfiguration(path: file)
    _ = try await pipeline.reload(configuration, sinks: Self.sinks(configuration), at: now + 1000)
  }
}
