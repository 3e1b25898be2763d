import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Asks a service whether it is ready, by `/readyz`.
package enum ReadinessProbe {
  /// What came of it.
  package enum Answer: Sendable, Hashable {
    /// All parts work.
    case ready
    /// It runs, and these parts do not work: each with the reason.
    case notReady([String])
    /// Nobody answers, or something else does; what is known of that.
    case silent(String)
  }

  private struct Reply: Decodable {
    struct Check: Decodable {
      var status: String
      var reason: String?
    }

    var status: String
    var checks: [String: Check]
  }

  /// Asks once, and waits for 3 s at most.
  ///
  /// - Parameters:
  ///   - host: the address it listens on; where that is any of its machine, this machine is asked.
  ///   - port: the port.
  package static func ask(host: String, port: Int) async -> Answer {
    let name = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
    let request = HTTPClientRequest(url: "http://\(name.contains(":") ? "[\(name)]" : name):\(port)/readyz")
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(3))
      let body = try await response.body.collect(upTo: 65_536)
      guard let reply = try? JSONDecoder().decode(Reply.self, from: Data(body.readableBytesView)) else {
        return .silent("something else answers, with HTTP \(response.status.code)")
      }
      let missing = reply.checks.sorted { $0.key < $1.key }.filter { $0.value.status != "ok" }
        .map { "\($0.key): \($0.value.reason ?? $0.value.status)" }
      return reply.status == "ok" ? .ready : .notReady(missing)
    } catch {
      return .silent("nobody answers")
    }
  }
}
