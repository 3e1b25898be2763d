import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
public import MyCarTracks
import NIOCore
public import TriplineAlerts
import UnixSignals

/// Takes what a webhook is sent, and checks who has sent it: the other end, to try receivers with.
public struct WebhookListener: Sendable {
  /// Something that was sent.
  public struct Arrival: Sendable {
    /// Its id, where it is believed.
    public var id: String?
    /// Why it is not.
    public var refusal: WebhookSignature.Refusal?
    /// What was sent.
    public var body: [UInt8]
  }

  private static let longestBody = 1 << 20

  private let port: Int
  private let signature: WebhookSignature
  private let time: any TimeSource

  /// Creates a listener on this machine.
  ///
  /// - Parameters:
  ///   - port: the port, or 0 for any that is free.
  ///   - signature: the secrets that are believed.
  ///   - time: the time.
  public init(port: Int, signature: WebhookSignature, time: any TimeSource = SystemTime()) {
    self.port = port
    self.signature = signature
    self.time = time
  }

  /// Listens until the task is cancelled or a signal ends it. What is believed is answered with 204, all else with 401.
  ///
  /// - Parameters:
  ///   - listening: called with the port once requests are taken.
  ///   - arrived: called with whatever comes.
  /// - Throws: what keeps it from listening, such as a port that is taken.
  public func run(
    listening: @escaping @Sendable (Int) async -> Void, arrived: @escaping @Sendable (Arrival) async -> Void
  ) async throws {
    let (signature, time) = (signature, time)
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let body = Array(buffer: try await request.body.collect(upTo: Self.longestBody))
      let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { $0 + "," + $1 }
      do throws(WebhookSignature.Refusal) {
        let id = try signature.verify(headers: headers, body: body, seconds: time.date / 1000)
        await arrived(Arrival(id: id, refusal: nil, body: body))
        return Response(status: .noContent)
      } catch {
        await arrived(Arrival(id: nil, refusal: error, body: body))
        return Response(status: .unauthorized)
      }
    }
    var logger = Logger(label: "webhook")
    logger.logLevel = .error
    let application = Application(
      responder: responder, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { await listening($0.localAddress?.port ?? 0) }, logger: logger)
    try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
  }
}
