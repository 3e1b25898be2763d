import TriplineJSON

/// Compares the API's own OpenAPI description with what this client asks for and reads.
///
/// The description can be had without credentials, and says which of the lines that are ASSUMED are true.
public enum ContractCheck {
  private struct Endpoint {
    var method = "get"
    var path: String
    var parameters: [String]
    var fields: [Field]
    /// Names that are read besides.
    var others: [[String]] = []
    /// Names that the body of a request has, one of each line.
    var body: [[String]] = []
  }

  private static let position: [Field] = [.time, .latitude, .longitude, .altitude, .speed, .bearing, .accuracy]

  private static let endpoints: [Endpoint] = [
    Endpoint(
      path: "/vehicles", parameters: ["offset", "limit", "fields", "sort"],
      fields: [.id, .name, .description, .licensePlate, .groupIDs, .driverID, .isActive]),
    Endpoint(
      path: "/tracks2", parameters: ["offset", "limit", "includeTotal", "startTime", "endTime", "vehicleId", "carId"],
      fields: [
        .id, .vehicleID, .driverID, .name, .category, .startTime, .endTime, .distance, .duration, .movingTime,
        .maximumSpeed,
      ]),
    Endpoint(path: "/tracks/{}", parameters: [], fields: [.id, .vehicleID, .startTime, .endTime, .distance]),
    Endpoint(path: "/trackpoints/{}", parameters: ["offset", "limit"], fields: [.id] + position),
    Endpoint(
      path: "/vehicles/lastPositions", parameters: ["offset", "limit"],
      fields: [.vehicleID, .vehicleName, .trackID, .driverID] + position),
    Endpoint(
      method: "post", path: "/vehicles/livePositions/stream", parameters: [], fields: [],
      others: [
        LiveStream.urlNames, LiveStream.expiryNames + LiveStream.lifetimeNames, LiveStream.heartbeatNames,
      ], body: [["vehicleIds", "vehicles"], ["vehicleGroupIds", "groupIds", "groups"]]),
    Endpoint(
      path: "/geofences", parameters: ["offset", "limit"], fields: [.id, .name, .latitude, .longitude, .radius]),
  ]

  /// Words in the text of a field that speak against what is taken for it.
  private static let otherWords: [Field: [String]] = [
    .distance: ["meter", "metre", "mile"], .speed: ["m/s", "meters per second", "mph", "knot"],
    .startTime: ["second", "iso", "date-time"], .endTime: ["second", "iso", "date-time"],
    .time: ["second", "iso", "date-time"], .duration: ["second", "minute"], .movingTime: ["second", "minute"],
    .altitude: ["feet", "foot"],
  ]

  /// Fields that are taken for numbers.
  private static let numbers: Set<Field> = [.distance, .speed, .duration, .movingTime, .altitude]

  /// Every name that is read somewhere: what stands in one row may stand in that of another endpoint too.
  private static let read = Set(Field.allCases.flatMap(\.names) + endpoints.flatMap { $0.others.joined() })

  /// The differences, endpoint by endpoint.
  ///
  /// - Throws: `malformedAnswer` where the text is no OpenAPI description.
  public static func findings(in text: [UInt8]) throws(MyCarTracksError) -> [ContractFinding] {
    guard let root = JSONText.value(text)?.object, let paths = root["paths"]?.object else {
      throw MyCarTracksError(
        .malformedAnswer, "this is no OpenAPI description: it has no paths. Give a JSON file or the URL of one.")
    }
    let document = OpenAPIDocument(root: root)
    var findings: [ContractFinding] = []
    for endpoint in endpoints {
      let name = "\(endpoint.method.uppercased()) \(endpoint.path.replacing("{}", with: "{id}"))"
      func report(_ kind: ContractFinding.Kind, _ what: String, _ detail: String) {
        findings.append(ContractFinding(kind: kind, endpoint: name, name: what, detail: detail))
      }
      // The shortest one: a path below another resource may end in the same words.
      let found = paths.filter {
        normalized($0.key).hasSuffix(endpoint.path) && $0.value.object?[endpoint.method] != nil
      }.min { $0.key.utf8.count < $1.key.utf8.count }
      guard let item = found?.value.object, let operation = item[endpoint.method]?.object else {
        report(.missingPath, endpoint.path, "is asked for, and not described")
        continue
      }
      let parameters = document.parameters(of: item, operation)
      for parameter in endpoint.parameters where !parameters.contains(parameter) {
        report(.missingParameter, parameter, "is sent, and not described; there are \(listed(parameters))")
      }
      let body = document.body(of: operation)
      for names in endpoint.body where !names.contains(where: body.contains) {
        report(
          .missingParameter, names.joined(separator: "|"),
          "is sent in the body, and not described; there are \(listed(body))")
      }
      let properties = document.properties(of: operation)
      guard !properties.isEmpty else {
        report(.missingField, "*", "the description does not say what the answer holds")
        continue
      }
      for field in Set(endpoint.fields).sorted(by: { $0.rawValue < $1.rawValue }) {
        guard let known = field.names.first(where: { properties[$0] != nil }) else {
          report(.missingField, field.names.joined(separator: "|"), "is read where it is there, and not described")
          continue
        }
        let words = (properties[known] ?? "").lowercased()
        // What is in thousands of a unit, or thousandths, is not in the unit.
        let units = words.replacing("milliseconds", with: "").replacing("millisecond", with: "")
          .replacing("kilometers", with: "").replacing("kilometres", with: "")
        if (otherWords[field] ?? []).contains(where: units.contains)
          || numbers.contains(field) && words.hasPrefix("string")
        {
          report(.otherUnit, known, "is described as: \(properties[known] ?? "")")
        }
      }
      for names in endpoint.others {
        if !names.contains(where: { properties[$0] != nil }) {
          report(.missingField, names.joined(separator: "|"), "is read where it is there, and not described")
        }
      }
      for property in properties.keys.sorted() where !read.contains(property) {
        report(.ignoredField, property, "is described, and not read: \(properties[property] ?? "")")
      }
    }
    return findings
  }

  private static func listed(_ names: Set<String>) -> String {
    names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
  }

  /// A path with `{}` for every parameter.
  private static func normalized(_ path: String) -> String {
    path.split(separator: "/").map { $0.hasPrefix("{") ? "/{}" : "/" + $0 }.joined()
  }
}
