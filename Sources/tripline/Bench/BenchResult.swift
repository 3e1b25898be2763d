import Foundation
import TriplineFormats

/// What a run of `tripline bench` measured.
struct BenchResult: Codable {
  /// One part that was measured.
  struct Part: Codable {
    var name: String
    var fixes: Int
    var events: Int
    /// CPU time a fix in nanoseconds: the shortest run, and the middle one.
    var shortestNs: Double
    var medianNs: Double
  }

  var version: String
  var inputs: [String]
  var repetitions: Int
  var parts: [Part] = []

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  var table: String {
    let table = TableText(widths: [24, 10, 10, 12, 10])
    return parts.reduce(table.line(["PART", "FIXES", "EVENTS", "SHORTEST ns", "MEDIAN ns", "M/s"])) { text, part in
      text
        + table.line([
          part.name, "\(part.fixes)", "\(part.events)", Self.number(part.shortestNs), Self.number(part.medianNs),
          part.medianNs > 0 ? Self.number(1000 / part.medianNs) : "",
        ])
    }
  }

  static func number(_ value: Double) -> String { String(format: value < 100 ? "%.1f" : "%.0f", value) }

  static func read(_ path: String) throws(FormatError) -> BenchResult {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FormatError(.unreadableFile, "cannot be read. Check the path and its permissions.", at: .init(file: path))
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(BenchResult.self, from: data)
    } catch {
      throw FormatError(
        .malformedDocument, "is no result of tripline bench. Make one with -o json.", at: .init(file: path))
    }
  }
}
