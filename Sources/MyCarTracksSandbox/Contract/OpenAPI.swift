import TriplineJSON

/// The sandbox's own description of what it serves.
enum OpenAPI {
  /// An OpenAPI 3.1 document. It is ours, not the vendor's, and says so.
  static func document(_ options: SandboxOptions) -> [UInt8] {
    func parameter(_ name: String, in place: String = "query") -> JSONNode {
      .object([
        "name": .string(name), "in": .string(place), "required": .truth(place == "path"),
        "schema": .object(["type": "string"]),
      ])
    }
    func operation(
      _ name: String, _ summary: String, _ parameters: [JSONNode], _ fields: [(String, String)], isList: Bool = true,
      status: String = "200"
    ) -> JSONNode {
      let row = JSONNode.object([
        "type": "object",
        "properties": .object(fields.map { .init($0.0, .object(["type": .string($0.1)])) }),
      ])
      let schema: JSONNode =
        isList
        ? .object([
          "type": "object", "required": .array(["data"]),
          "properties": .object(["data": .object(["type": "array", "items": row])]),
        ]) : row
      return .object([
        "operationId": .string(name), "summary": .string(summary), "parameters": .array(parameters),
        "responses": .object([
          .init(
            status,
            .object([
              "description": .string(summary),
              "content": .object(["application/json": .object(["schema": schema])]),
            ])),
          .init("401", .object(["description": "token missing, invalid or expired"])),
          .init("403", .object(["description": "no permission, or rate limit exceeded"])),
        ]),
        "security": .array([.object(["OAuth2": .array(["read"])])]),
      ])
    }
    let page = ["offset", "limit"].map { parameter($0) }
    let position = [
      ("time", "integer"), ("latitude", "number"), ("longitude", "number"), ("altitude", "number"), ("speed", "number"),
      ("bearing", "number"), ("accuracy", "number"),
    ]
    let track = [
      ("id", "integer"), ("carId", "integer"), ("startTime", "integer"), ("endTime", "integer"),
      ("totalDistance", "number"), ("totalTime", "integer"), ("movingTime", "integer"),
    ]
    let trackParameter = [parameter("trackId", in: "path")]
    let paths: [(String, String, JSONNode)] = [
      (
        "/vehicles", "get",
        operation(
          "list-vehicles", "Vehicles", page + [parameter("fields"), parameter("sort")],
          [("id", "integer"), ("name", "string"), ("description", "string"), ("groupId", "integer")])
      ),
      (
        "/tracks2", "get",
        operation(
          "tracks", "Tracks, in a deterministic order",
          page + ["includeTotal", "startTime", "endTime", "vehicleId", "carId"].map { parameter($0) }, track)
      ),
      ("/tracks/{trackId}", "get", operation("track", "A track", trackParameter, track, isList: false)),
      (
        "/trackpoints/{trackId}", "get",
        operation("trackpoints", "Points of a track", trackParameter + page, [("id", "integer")] + position)
      ),
      (
        "/vehicles/lastPositions", "get",
        operation(
          "last-positions", "Where vehicles were last", page + [parameter("vehicleIds")],
          [("vehicleId", "integer"), ("vehicleName", "string"), ("trackId", "integer"), ("online", "boolean")]
            + position)
      ),
      (
        "/vehicles/livePositions/stream", "post",
        operation(
          "live-stream", "A short-lived live stream", [],
          [
            ("websocketUrl", "string"), ("streamId", "string"), ("expiresAt", "integer"),
            ("heartbeatIntervalSeconds", "number"),
          ],
          isList: false, status: "\(options.dialect.streamStatus)")
      ),
      (
        "/geofences", "get",
        operation(
          "geofences", "Geofences (ASSUMED)", page,
          [
            ("id", "integer"), ("name", "string"), ("latitude", "number"), ("longitude", "number"),
            ("radius", "number"),
          ])
      ),
    ]
    return JSONNode.object([
      "openapi": "3.1.0",
      "info": .object([
        "title": "Tripline sandbox of the MyCarTracks API v3", "version": "3-assumed",
        "description": .string(
          "Not the vendor's description. Paths and flows are documented by the vendor, most fields and all units are ASSUMED."
        ),
      ]),
      "servers": .array([.object(["url": .string(Sandbox.basePath)])]),
      "paths": .object(paths.map { .init($0.0, .object([JSONNode.Member($0.1, $0.2)])) }),
      "components": .object([
        "securitySchemes": .object([
          "OAuth2": .object([
            "type": "oauth2",
            "flows": .object([
              "clientCredentials": .object([
                "tokenUrl": "/oauth/token", "scopes": .object(["read": "read everything"]),
              ])
            ]),
          ])
        ])
      ]),
    ]).bytes
  }
}
