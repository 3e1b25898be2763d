import ArgumentParser
import MyCarTracks

/// `tripline auth …`
struct AuthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auth", abstract: "Credentials of a MyCarTracks account.", subcommands: [CheckCommand.self])

  /// `tripline auth check`
  struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Try the credentials, and tell what they may do.",
      discussion: """
        \(Account.help)

        Examples:
          tripline auth check
          MYCARTRACKS_CLIENT_SECRET_FILE=/run/secrets/mycartracks tripline auth check
        """)

    func run() async throws {
      try await Account.run { client in
        let scopes = try await client.scopes()
        var vehicles = client.vehicles().makeAsyncIterator()
        let hasVehicles = try await vehicles.next() != nil
        let limit = await client.rateLimit
        let reset = limit.resetsIn.map { ", until a new window in \(Int($0 / .seconds(1))) s" } ?? ""
        let lines = [
          "API       \(client.configuration.baseURL)",
          "scope     \(scopes.isEmpty ? "not told" : scopes.joined(separator: " "))",
          "vehicles  \(hasVehicles ? "can be seen" : "none can be seen; that can be a matter of the account's role")",
          "requests  \(limit.remaining) of \(limit.limit) left\(reset)",
        ]
        print(lines.joined(separator: "\n"))
      }
    }
  }
}
