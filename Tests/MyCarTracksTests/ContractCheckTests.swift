import Foundation
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

  @Test(arguments: ["", "{}", "[]", "<html>", #"{"paths":[]}"#])
  func `what is no description is refused`(text: String) {
    #expect(throws: MyCarTracksError.self) { try findings(text) }
  }
}
