import ArgumentParser
import Foundation
import MyCarTracks

/// `tripline contract …`
struct ContractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract", abstract: "What the MyCarTracks API is taken to be.", subcommands: [CheckCommand.self])

  /// `tripline contract check`
  struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract:
        "Compare the API's own OpenAPI description with what is asked for and read; exit status 1 if they differ.",
      discussion: """
        The description can be had without credentials. What it says takes the place
        of what is marked as ASSUMED.

        Examples:
          tripline contract check https://mycartracks.com/services/rest/openapi.json
          tripline contract check openapi.json -o ndjson
        """)

    @Argument(help: "A JSON file, or the URL of one.")
    var source: String

    @Option(name: .shortAndLong, help: "table or ndjson.")
    var output = ListFormat.table

    func run() async throws {
      let findings = try await ExitStatus.reporting { try ContractCheck.findings(in: try await text()) }
      let table = TableText(widths: [18, 36])
      for finding in findings {
        switch output {
        case .table:
          print(
            table.line([finding.kind.rawValue, finding.endpoint, "\(finding.name): \(finding.detail)"]), terminator: "")
        case .ndjson: print(try JSONLine.text(finding), terminator: "")
        }
      }
      Messages.note(findings.isEmpty ? "no difference" : "\(findings.count) differences")
      if !findings.isEmpty { throw ExitStatus.answerIsNo }
    }

    private func text() async throws -> [UInt8] {
      guard source.hasPrefix("http://") || source.hasPrefix("https://") else {
        guard let data = FileManager.default.contents(atPath: source) else {
          Messages.error("\(source): cannot be read. Check the path and its permissions.")
          throw ExitStatus.noInput
        }
        return Array(data)
      }
      let reply = try await NetworkTransport().send(HTTPRequest(url: source), deadline: .seconds(30))
      guard reply.status == 200 else {
        throw MyCarTracksError(.serverFailed, "the server answers with status \(reply.status).", status: reply.status)
      }
      return reply.body
    }
  }
}
