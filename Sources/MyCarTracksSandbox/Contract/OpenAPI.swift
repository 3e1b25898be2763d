import TriplineJSON

/// The sandbox's own description of what it serves, in its dialect.
struct OpenAPI {
  private let options: SandboxOptions
  private let wording: Wording
  private let vehicle = SandboxAccount.Vehicle(id: 1, name: "Van")
  private let point = SandboxPoint(
    time: 0, latitude: 0.5, longitude: 0.5, altitude: 0.5, speed: 0.5, bearing: 0.5, accuracy: 0.5)

  private init(_ options: SandboxOptions) {
    self.options = options
    wording = Wording(dialect: options.dialect)
  }

  /// An OpenAPI 3.1 document. It is ours, not the vendor's, and says so.
  static func document(_ options: SandboxOptions) -> [UInt8] { OpenAPI(options).document.bytes }

  private var document: JSONNode {
    .object([
      "openapi": "3.1.0",
      "info": .object([
        "title": "Tripline sandbox of the MyCarTracks API v3", "version": "3-assumed",
        "description": .string(
          "Not the vendor's description. Paths and flows are documented by the vendor, most fields and all units are ASSUMED."
        ),
      ]),
      "servers": .array([.object(["url": .string(Sandbox.basePath)])]),
      "paths": .object(paths.map { .init($0.path, .object([JSONNode.Member($0.method, $0.operation)])) }),
      "components": .object([
        "securitySchemes": .object([
          "OAuth2": .object([
            "type": "oauth2",
            "flows": .object([
              "clientCredentials": .object([
                "tokenUrl": "/oauth/token",
                "scopes": .object(["read": "read everything", "write": "change something; nothing here needs it"]),
              ])
            ]),
          ])
        ])
      ]),
    ])
  }

  private var paths: [(path: String, method: String, operation: JSONNode)] {
    let page = ["offset", "limit", "fields"]
    let track = SandboxTrack(id: 1, vehicle: 0, points: [point], firstPointID: 1)
    let trackRow = schema(.object(wording.row(track, of: vehicle, count: 1)))
    let fence = SandboxAccount.Fence(id: 1, name: "Depot", latitude: 0.5, longitude: 0.5, radius: 0.5)
    let stream = JSONNode.object([
      "websocketUrl": "", "streamId": "", "expiresAt": wording.time(0), "heartbeatIntervalSeconds": .number(0.5),
    ])
    let places: [(path: String, method: String, operation: JSONNode)] = [
      (
        "/vehicles", "get",
        operation("list-vehicles", "Vehicles", page + ["sort"], list(schema(.object(wording.row(vehicle)))))
      ),
      (
        "/tracks2", "get",
        operation(
          "tracks", "Tracks, in a deterministic order",
          page + ["includeTotal", "startTime", "endTime", "vehicleId", "carId"], list(trackRow))
      ),
      (
        "/tracks/{trackId}", "get",
        operation(
          "track", "A track", ["trackId"],
          options.dialect.singleTrack == .bare ? trackRow : object([("data", trackRow)]))
      ),
      (
        "/trackpoints/{trackId}", "get",
        operation(
          "trackpoints", "Points of a track", ["trackId"] + page, list(schema(.object(wording.row(point, id: 1)))))
      ),
      (
        "/vehicles/lastPositions", "get",
        operation(
          "last-positions", "Where vehicles were last", page + ["vehicleIds"],
          list(schema(wording.lastPosition(point, of: vehicle, track: 1, isOnline: true))))
      ),
      (
        "/vehicles/livePositions/stream", "post",
        operation(
          "live-stream", "A short-lived live stream", [], schema(stream), status: "\(options.dialect.streamStatus)",
          body: streamBody)
      ),
      (
        "/geofences", "get",
        operation("geofences", "Geofences (ASSUMED)", page + ["sort"], list(schema(.object(wording.row(fence)))))
      ),
    ]
    return places.filter { options.dialect.geofences || $0.path != "/geofences" }
  }

  /// The body of a request for a live stream.
  private var streamBody: JSONNode {
    let names: [String] =
      switch options.dialect.streamBody {
      case .vehicleIds: ["vehicleIds", "vehicleGroupIds"]
      case .groupIds: ["vehicleIds", "groupIds"]
      case .vehicles: ["vehicles", "groups"]
      case .empty: []
      }
    return object(names.map { ($0, .object(["type": "array", "items": schema(wording.id(1))])) })
  }

  private func operation(
    _ name: String, _ summary: String, _ parameters: [String], _ answer: JSONNode, status: String = "200",
    body: JSONNode? = nil
  ) -> JSONNode {
    .object([
      "operationId": .string(name), "summary": .string(summary),
      "parameters": .array(
        parameters.map { name in
          .object([
            "name": .string(name), "in": name == "trackId" ? "path" : "query", "required": .truth(name == "trackId"),
            "schema": .object(["type": "string"]),
          ])
        }),
      "requestBody": body.map { .object(["content": content($0)]) },
      "responses": .object([
        .init(status, .object(["description": .string(summary), "content": content(answer)])),
        .init("401", .object(["description": "token missing, invalid or expired"])),
        .init("403", .object(["description": "no permission, or rate limit exceeded"])),
      ]),
      "security": .array([.object(["OAuth2": .array(["read"])])]),
    ])
  }

  private func content(_ schema: JSONNode) -> JSONNode {
    .object(["application/json": .object(["schema": schema])])
  }

  private func list(_ row: JSONNode) -> JSONNode {
    let rows = JSONNode.object(["type": "array", "items": row])
    switch options.dialect.envelope {
    case .bareArray: return rows
    case .object: return object([("data", rows)])
    case .nestedSingle: return object([("data", object([("data", rows)]))])
    }
  }

  private func object(_ properties: [(String, JSONNode)]) -> JSONNode {
    .object(["type": "object", "properties": .object(properties.map { .init($0.0, $0.1) })])
  }

  /// The schema that an example is of.
  private func schema(_ example: JSONNode) -> JSONNode {
    switch example {
    case .object(let members): object(members.map { ($0.name, schema($0.value)) })
    case .array(let elements): .object(["type": "array", "items": elements.first.map(schema)])
    case .integer: .object(["type": "integer"])
    case .number: .object(["type": "number"])
    case .string: .object(["type": "string"])
    case .truth: .object(["type": "boolean"])
    case .null: .object([:])
    }
  }
}
