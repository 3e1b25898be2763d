/// An address cannot be listened on.
public struct ListeningError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what to do.
  public let description: String

  /// Creates an error about a host and a port.
  init(host: String, port: Int, reason: String) {
    description =
      "\(host):\(port) cannot be listened on: \(reason). Choose another address with http: {listen: …} in the configuration."
  }
}
