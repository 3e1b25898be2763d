import Foundation
import MyCarTracksTesting
import Testing

@testable import MyCarTracks
@testable import MyCarTracksSandbox

@Suite struct ContractCheckTests {
  private func findings(_ text: String) throws -> [ContractFinding] { try ContractCheck.findings(in: Array(text.utf8)) }

  @Test func `the sandbox's own description has all that is asked for`() throws {
    let findings = try ContractCheck.findings(in: OpenAPI.document(SandboxOptions()))
    // It has fewer optional fields than are read.
    #expect(findings.allSatisfy { $0.kind == .missingField || $0.kind == .ignoredField })
    let essential: Set<String> = ["time|timestamp|positionTime|recordedAt|dateTime|created", "websocketUrl", "id"]
    #expect(findings.allSatisfy { !essential.contains($0.name) })
  }

  @Test func `what differs is told: a path, a parameter, fields on both sides, a unit`() throws {
    let text = """
      {"openapi":"3.0.1","paths":{
        "/v3/tracks2":{"get":{"parameters":[{"$ref":"#/components/parameters/limit"},{"name":"offset"},{"name":"from"}],
          "responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Tracks"}}}}}}},
        "/v3/trackpoints/{trackId}":{"get":{"responses":{"200":{"schema":{"type":"array","items":{"properties":{
          "id":{"type":"integer"},"time":{"type":"string","format":"date-time"},"latitude":{},"longitude":{},
          "position":{"properties":{"altitude":{}}}}}}}}}}},
      "components":{"parameters":{"limit":{"name":"limit"}},"schemas":{
        "Tracks":{"properties":{"data":{"type":"array","items":{"allOf":[{"$ref":"#/components/schemas/Track"}]}}}},
        "Track":{"properties":{"id":{},"vehicleId":{},"startTime":{"description":"epoch milliseconds"},
          "totalDistance":{"type":"number","description":"length in meters"},"fuel":{"type":"number"},
          "self":{"$ref":"#/components/schemas/Track"}}}}}}
      """
    let findings = try findings(text)
    func has(_ kind: ContractFinding.Kind, _ endpoint: String, _ name: String) -> Bool {
      findings.contains { $0.kind == kind && $0.endpoint == endpoint && $0.name.hasPrefix(name) }
    }
    #expect(has(.missingPath, "GET /vehicles", "/vehicles"))
    #expect(has(.missingPath, "POST /vehicles/livePositions/stream", "/vehicles"))
    #expect(has(.missingParameter, "GET /tracks2", "includeTotal") && !has(.missingParameter, "GET /tracks2", "limit"))
    #expect(has(.ignoredField, "GET /tracks2", "fuel"))
    #expect(has(.otherUnit, "GET /tracks2", "totalDistance") && !has(.otherUnit, "GET /tracks2", "startTime"))
    #expect(has(.missingField, "GET /tracks2", "totalTime") && !has(.missingField, "GET /tracks2", "vehicleId"))
    #expect(has(.otherUnit, "GET /trackpoints/{id}", "time"))
    #expect(!has(.missingField, "GET /trackpoints/{id}", "altitude"))
    #expect(has(.missingField, "GET /trackpoints/{id}", "speed"))
  }

  @Test(arguments: dialects.keys.sorted())
  func `what the sandbox says of itself follows its dialect`(name: String) throws {
    let dialect = try #require(dialects[name])
    var options = SandboxOptions()
    options.dialect = dialect
    let findings = try ContractCheck.findings(in: OpenAPI.document(options))
    func has(_ kind: ContractFinding.Kind, _ name: String) -> Bool {
      findings.contains { $0.kind == kind && $0.name == name }
    }
    #expect(has(.otherUnit, "totalDistance") == (dialect.distance == .text))
    #expect(has(.otherUnit, "speed") == (dialect.speed == .text))
    #expect(has(.missingParameter, "vehicleIds|vehicles") == (dialect.streamBody == .empty))
    #expect(has(.missingPath, "/geofences") == !dialect.geofences)
    #expect(!findings.contains { $0.kind == .missingField && $0.name.hasPrefix("time|") })
  }

  @Test func `another name in the request for a stream is told, and a kilometre in a text`() throws {
    let text = """
      {"paths":{"/vehicles/livePositions/stream":{"post":{"requestBody":{"content":{"application/json":{"schema":{
        "properties":{"carIds":{"type":"array"},"groups":{}}}}}},"responses":{"201":{"schema":{"oneOf":[{"properties":{
        "wsUrl":{}}}]}}}}},"/tracks2":{"get":{"responses":{"200":{"schema":{"items":{"properties":{
        "totalDistance":{"type":"string","description":"in kilometers"}}}}}}}}}}
      """
    let findings = try findings(text)
    let names = findings.filter { $0.kind == .missingParameter && $0.endpoint.hasPrefix("POST") }.map(\.name)
    #expect(names == ["vehicleIds|vehicles"])
    #expect(!findings.contains { $0.kind == .missingField && $0.name.hasPrefix("websocketUrl") })
    #expect(findings.contains { $0.kind == .otherUnit && $0.name == "totalDistance" })
  }

  @Test(arguments: ["", "{}", "[]", "<html>", #"{"paths":[]}"#])
  func `what is no description is refused`(text: String) {
    #expect(throws: MyCarTracksError.self) { try findings(text) }
  }
}
