package import MyCarTracks
import NIOCore
package import TriplineAlerts

/// Posts events as Standard Webhooks has it, signed, one a request.
package struct WebhookReceiver: Receiver {
  package let takesGroups = false
  private let endpoint: OutboundEndpoint
  private let signature: WebhookSignature
  private let time: any TimeSource

  /// Creates a receiver.
  ///
  /// - Parameters:
  ///   - url: where it is; it has been looked at by `ReceiverSettings.problem(ofURL:)`.
  ///   - signature: what requests are signed with.
  ///   - allowsInternal: whether it may be within one's own network.
  ///   - timeout: how long an attempt may take in milliseconds.
  ///   - time: the time, which is signed with every attempt.
  package init(
    url: String, signature: WebhookSignature, allowsInternal: Bool = false, timeout: Int64 = 15_000,
    time: any TimeSource = SystemTime()
  ) {
    self.init(
      OutboundEndpoint(url: url, allowsInternal: allowsInternal, timeout: timeout, time: time), signature: signature,
      time: time)
  }

  /// Creates a receiver at an endpoint.
  init(_ endpoint: OutboundEndpoint, signature: WebhookSignature, time: any TimeSource) {
    self.endpoint = endpoint
    self.signature = signature
    self.time = time
  }

  /// Posts every event: its id is the same in every attempt, the time is of the attempt.
  package func attempt(_ parcel: Parcel) async -> Attempt {
    await parcel.each { event in
      await endpoint.post(
        event.json,
        headers: [("content-type", CloudEvent.mediaType)]
          + signature.headers(id: event.id, seconds: time.date / 1000, body: event.json))
    }
  }
}
