import Foundation

/// The client id and the client secret of an account, as its web portal makes them under Settings, API, Generate.
public struct Credentials: Sendable, Hashable {
  /// The client id. It is not secret, and names the account in messages.
  public var clientID: String
  /// The client secret.
  public var clientSecret: Secret

  /// Creates credentials.
  public init(clientID: String, clientSecret: Secret) {
    self.clientID = clientID
    self.clientSecret = clientSecret
  }

  /// Takes credentials from `MYCARTRACKS_CLIENT_ID` and `MYCARTRACKS_CLIENT_SECRET`, or from the files that
  /// `MYCARTRACKS_CLIENT_ID_FILE` and `MYCARTRACKS_CLIENT_SECRET_FILE` name, white space at their ends aside.
  ///
  /// The names without `_FILE` are those of the vendor's own command.
  ///
  /// - Throws: `missingCredentials` where one is not there, is empty, is given twice, or its file cannot be read.
  public init(environment: [String: String]) throws(MyCarTracksError) {
    clientID = try Self.value(of: "MYCARTRACKS_CLIENT_ID", in: environment)
    clientSecret = Secret(try Self.value(of: "MYCARTRACKS_CLIENT_SECRET", in: environment))
  }

  private static func value(of name: String, in environment: [String: String]) throws(MyCarTracksError) -> String {
    let file = name + "_FILE"
    let (given, path) = (environment[name] ?? "", environment[file] ?? "")
    guard given.isEmpty || path.isEmpty else {
      throw MyCarTracksError(.missingCredentials, "\(name) and \(file) are both set. Unset one of them.")
    }
    var text = given
    if !path.isEmpty {
      guard let contents = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw MyCarTracksError(
          .missingCredentials, "the file that \(file) names cannot be read. Correct the path or its permissions.")
      }
      text = contents
    }
    text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else {
      throw MyCarTracksError(
        .missingCredentials,
        "\(name) is not set. Set it, or \(file), to what the web portal shows under Settings, API, Generate; or run `tripline sandbox` and use what it prints."
      )
    }
    return text
  }
}
