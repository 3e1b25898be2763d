import TriplineJSON

/// What is needed of an OpenAPI description, version 2 or 3.
struct OpenAPIDocument {
  let root: JSONObject
  /// Schemas may refer to each other in circles.
  private static let deepest = 8

  /// The names of the parameters of an operation, those of its path included.
  func parameters(of item: JSONObject, _ operation: JSONObject) -> Set<String> {
    var names: Set<String> = []
    for list in [item["parameters"], operation["parameters"]] {
      for parameter in list?.array.map { Array($0) } ?? [] {
        if let name = resolved(parameter)?["name"]?.string { names.insert(name) }
      }
    }
    return names
  }

  /// The fields of an operation's request.
  func body(of operation: JSONObject) -> Set<String> {
    guard let media = operation["requestBody"].flatMap(resolved)?["content"]?.object.flatMap(jsonMedia),
      let schema = media["schema"].flatMap(resolved)
    else { return [] }
    var fields: [String: String] = [:]
    collect(schema, into: &fields, depth: 0)
    return Set(fields.keys)
  }

  private func jsonMedia(_ content: JSONObject) -> JSONObject? {
    (content["application/json"] ?? Array(content).first?.value)?.object
  }

  /// The fields of the rows of an operation's good answer, those of objects within included, with type and description.
  func properties(of operation: JSONObject) -> [String: String] {
    guard let responses = operation["responses"]?.object,
      let good = responses.first(where: { $0.key.hasPrefix("2") })?.value, let response = resolved(good)
    else { return [:] }
    let media = response["content"]?.object.flatMap(jsonMedia)
    guard let schema = (media?["schema"] ?? response["schema"]).flatMap(resolved) else { return [:] }
    var fields: [String: String] = [:]
    collect(rows(of: schema), into: &fields, depth: 0)
    return fields
  }

  /// The schema of a row, where that of an answer is a list or has one as `data`.
  private func rows(of schema: JSONObject) -> JSONObject {
    if let items = schema["items"].flatMap(resolved) { return items }
    if let data = schema["properties"]?.object?["data"].flatMap(resolved) { return rows(of: data) }
    return schema
  }

  private func collect(_ schema: JSONObject, into fields: inout [String: String], depth: Int) {
    guard depth < Self.deepest else { return }
    for name in ["allOf", "oneOf", "anyOf"] {
      for part in schema[name]?.array.map({ Array($0) }) ?? [] {
        if let part = resolved(part) { collect(part, into: &fields, depth: depth + 1) }
      }
    }
    for member in schema["properties"]?.object.map({ Array($0) }) ?? [] {
      guard let property = resolved(member.value) else { continue }
      let words = [property["type"]?.string, property["format"]?.string, property["description"]?.string]
      fields[member.key] = words.compactMap { $0 }.joined(separator: ", ")
      collect(property, into: &fields, depth: depth + 1)
    }
  }

  /// An object, or the one it refers to.
  private func resolved(_ value: JSONValue) -> JSONObject? {
    var object = value.object
    for _ in 0..<Self.deepest {
      guard let reference = object?["$ref"]?.string, reference.hasPrefix("#/") else { break }
      object = reference.dropFirst(2).split(separator: "/").reduce(root as JSONObject?) { $0?[String($1)]?.object }
    }
    return object
  }
}
