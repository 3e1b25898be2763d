import Foundation

/// A table of reference results: CSV without quotes, plain or gzip.
public enum ReferenceTable {
  /// The rows of a file of the shared data, each by column name.
  public static func rows(_ relative: String) throws -> [[String: String]] {
    let text = String(decoding: try bytes(relative), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let header = lines.first?.map(String.init) else { return [] }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0.map(String.init))) }
  }

  /// A JSON document of the shared data, plain or gzip.
  public static func json<T: Decodable>(_ type: T.Type, _ relative: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(try bytes(relative)))
  }

  private static func bytes(_ relative: String) throws -> [UInt8] {
    let path = try SharedData.path(relative)
    guard relative.hasSuffix(".gz") else { return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return [UInt8](data)
  }
}

extension [String: String] {
  /// A column as a number, `NaN` where it is none.
  public func number(_ column: String) -> Double { Double(self[column] ?? "") ?? .nan }
}
