import Logging
import TriplineFormats

/// One message of the log, and how it is written as one line.
struct LogRecord: Sendable {
  /// When it was, in milliseconds UTC.
  var time: Int64
  /// How serious it is.
  var level: Logger.Level
  /// Which part of the program says it.
  var logger: String
  /// What is said.
  var message: String
  /// What belongs to it.
  var metadata: Logger.Metadata

  /// What stands in the place of a value that must not be seen.
  static let withheld = "(withheld)"

  /// Whether a value of this name must not be seen: it may be a secret, or an address that has one in it.
  static func isWithheld(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["secret", "token", "authorization", "password", "url"].contains { name.contains($0) }
  }

  /// The line in one of the two forms, its end included.
  func line(_ form: LogForm) -> String {
    switch form {
    case .json: json
    case .text: text
    }
  }

  private var json: String {
    var line = "{\"time\":\(JSONText.quoted(moment)),\"level\":\"\(level.rawValue)\""
    line += ",\"message\":\(JSONText.quoted(message)),\"logger\":\(JSONText.quoted(logger))"
    for (name, value) in members {
      // A name of metadata must not stand in the place of one of the record's own.
      let own = ["time", "level", "message", "logger"].contains(name) ? "metadata." + name : name
      line += ",\(JSONText.quoted(own)):\(Self.json(value))"
    }
    return line + "}\n"
  }

  private var text: String {
    var line = "\(moment) \(level.rawValue) \(JSONText.escaped(logger)): \(JSONText.escaped(message))"
    for (name, value) in members {
      let text = if case .string(let text) = value, Self.isPlain(text) { text } else { Self.json(value) }
      line += " \(JSONText.escaped(name))=\(text)"
    }
    return line + "\n"
  }

  private var moment: String { Timestamp.text(time) ?? "\(time)" }

  /// Names and values in the order of the names; a dictionary's members are named `its name.their name`.
  private var members: [(name: String, value: Logger.MetadataValue)] {
    var members: [String: Logger.MetadataValue] = [:]
    func add(_ name: String, _ value: Logger.MetadataValue) {
      if Self.isWithheld(name) {
        members[name] = .string(Self.withheld)
      } else if case .dictionary(let parts) = value {
        for (key, part) in parts { add("\(name).\(key)", part) }
      } else if case .stringConvertible(let text) = value {
        members[name] = .string(text.description)
      } else {
        members[name] = value
      }
    }
    for (name, value) in metadata { add(name, value) }
    return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func json(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): return JSONText.quoted(text)
    case .stringConvertible(let text): return JSONText.quoted(text.description)
    case .array(let values): return "[\(values.map(json).joined(separator: ","))]"
    case .dictionary(let parts):
      let members = parts.sorted { $0.key < $1.key }.map { name, value in
        "\(JSONText.quoted(name)):\(isWithheld(name) ? JSONText.quoted(withheld) : json(value))"
      }
      return "{\(members.joined(separator: ","))}"
    }
  }

  /// Whether a text needs no quotation marks.
  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0 > " " && $0 != "\"" && $0 != "=" && !JSONText.isControl($0) }
  }
}
