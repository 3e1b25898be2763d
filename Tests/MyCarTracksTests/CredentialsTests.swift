import Foundation
import Testing

@testable import MyCarTracks

@Suite struct CredentialsTests {
  private let names = ["MYCARTRACKS_CLIENT_ID": "a.mycartracks.com", "MYCARTRACKS_CLIENT_SECRET": "hunter2"]

  @Test func `two variables are all it takes`() throws {
    let credentials = try Credentials(environment: names)
    #expect(credentials.clientID == "a.mycartracks.com" && credentials.clientSecret.text == "hunter2")
    #expect(try ClientConfiguration(environment: names).baseURL == "https://mycartracks.com/services/rest/v3")
    #expect(try ClientConfiguration(environment: names).tokenURL == "https://mycartracks.com/oauth/token")
  }

  @Test func `files may stand in, white space at their ends aside`() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("secret-\(UUID().uuidString)")
    try Data("hunter2\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var environment = names
    environment["MYCARTRACKS_CLIENT_SECRET"] = nil
    environment["MYCARTRACKS_CLIENT_SECRET_FILE"] = file.path
    #expect(try Credentials(environment: environment).clientSecret.text == "hunter2")
    environment["MYCARTRACKS_CLIENT_SECRET"] = "another"
    let error = #expect(throws: MyCarTracksError.self) { try Credentials(environment: environment) }
    #expect(error?.code == .missingCredentials && error?.message.contains("another") == false)
    environment["MYCARTRACKS_CLIENT_SECRET"] = nil
    environment["MYCARTRACKS_CLIENT_SECRET_FILE"] = "/nonexistent"
    #expect(throws: MyCarTracksError.self) { try Credentials(environment: environment) }
  }

  @Test(arguments: ["MYCARTRACKS_CLIENT_ID", "MYCARTRACKS_CLIENT_SECRET"])
  func `what is missing is named, with what to do`(name: String) {
    var environment = names
    environment[name] = " "
    let error = #expect(throws: MyCarTracksError.self) { try Credentials(environment: environment) }
    #expect(error?.message.contains(name) == true && error?.message.contains("tripline sandbox") == true)
  }

  @Test func `a secret is not seen, wherever it is printed`() {
    let credentials = Credentials(clientID: "id", clientSecret: Secret("hunter2"))
    let stream = LiveStream(url: Secret("wss://mycartracks.com/live?token=hunter2"))
    var dumped = ""
    dump((credentials, stream), to: &dumped)
    for text in ["\(credentials)", String(reflecting: credentials), "\(stream)", String(reflecting: stream), dumped] {
      #expect(!text.contains("hunter2") && text.contains("(secret)"))
    }
  }

  @Test(arguments: [
    "http://mycartracks.com/services/rest/v3", "ftp://127.0.0.1/", "mycartracks.com", "https://", "",
    "https://user:hunter2@mycartracks.com/v3", "https://mycartracks.com/v3?token=hunter2", "http://127.0.0.1.evil.com/",
    "http://localhost.evil.com/", "http://1270.0.0.1/",
  ])
  func `tokens go by https, or to this machine`(url: String) {
    let error = #expect(throws: MyCarTracksError.self) { try ClientConfiguration(baseURL: url) }
    #expect(error?.code == .badConfiguration && error?.message.contains("hunter2") == false)
  }

  @Test(arguments: [
    (
      "https://mycartracks.com/services/rest/v3/", "https://mycartracks.com/services/rest/v3",
      "https://mycartracks.com/oauth/token"
    ),
    (
      "http://127.0.0.1:8077/services/rest/v3", "http://127.0.0.1:8077/services/rest/v3",
      "http://127.0.0.1:8077/oauth/token"
    ),
    ("http://[::1]:8077/v3", "http://[::1]:8077/v3", "http://[::1]:8077/oauth/token"),
    ("http://localhost:1/v3", "http://localhost:1/v3", "http://localhost:1/oauth/token"),
  ])
  func `the place of tokens follows from that of the API`(url: String, base: String, token: String) throws {
    let configuration = try ClientConfiguration(baseURL: url)
    #expect(configuration.baseURL == base && configuration.tokenURL == token)
  }

  @Test(arguments: [
    ("wss://live.mycartracks.com/x?token=1", true), ("wss://mycartracks.com:444/x", true),
    ("wss://evilmycartracks.com/x", false), ("wss://mycartracks.com.evil.com/x", false),
  ])
  func `a token goes to the API's own host and those below it only`(url: String, isAllowed: Bool) throws {
    #expect(try LivePlace(Secret(url)).mayHaveToken(of: ClientConfiguration.productionURL) == isAllowed)
  }

  @Test(arguments: [
    "ws://mycartracks.com/x", "https://mycartracks.com/x", "wss://", "no url at all", "ws://127.0.0.1.evil.com/",
  ])
  func `a live stream is encrypted, or of this machine, and its URL is not told`(url: String) {
    let error = #expect(throws: MyCarTracksError.self) { try LivePlace(Secret(url)) }
    #expect(error?.message.contains(url) == false)
  }
}
