import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineJSON
import TriplineService

/// `tripline webhook …`
struct WebhookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhook", abstract: "Try webhooks on this machine.",
    subcommands: [SecretCommand.self, ListenCommand.self])

  /// `tripline webhook secret`
  struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "secret", abstract: "Print a new secret, for a file that secret_file names and for the receiver.",
      discussion: """
        Examples:
          tripline webhook secret > dispatch.whsec && chmod 600 dispatch.whsec
        """)

    func run() { print(WebhookSignature.makeSecret()) }
  }

  /// `tripline webhook listen`
  struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "listen", abstract: "Take what is sent to a webhook, check its signature and print it.",
      discussion: """
        The first line says where it listens.

        Examples:
          tripline webhook listen --secret-file dispatch.whsec --port 9000
        """)

    @Option(help: ArgumentHelp("The file of the secret that is believed; may be repeated.", valueName: "file"))
    var secretFile: [String]

    @Option(help: "The port; 0 for any that is free.")
    var port = 0

    func validate() throws {
      guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535") }
    }

    func run() async throws {
      var secrets: [String] = []
      for file in secretFile {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
          Messages.error("\(file) cannot be read. Check the path and its permissions.")
          throw ExitStatus.noInput
        }
        secrets.append(text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      guard let signature = WebhookSignature(secrets: secrets) else {
        Messages.error("a secret has to be whsec_ and 24 to 64 bytes in Base64; `tripline webhook secret` makes one")
        throw ExitStatus.badConfiguration
      }
      do {
        try await WebhookListener(port: port, signature: signature).run(
          listening: { Self.show("http://127.0.0.1:\($0)/") }, arrived: { Self.show(Self.line($0)) })
      } catch {
        Messages.error("port \(port) cannot be listened on: \(error). Choose another one with --port.")
        throw ExitStatus.unavailable
      }
    }

    private static func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func line(_ arrival: WebhookListener.Arrival) -> String {
      guard let id = arrival.id else { return "refused: \(arrival.refusal?.rawValue ?? "")" }
      let event = try? JSONDocument.parse(arrival.body.span, 0..<arrival.body.count).object
      let (type, subject) = (event?["type"]?.string ?? "", event?["subject"]?.string ?? "")
      return "verified \(id) \(type) \(subject)"
    }
  }
}
