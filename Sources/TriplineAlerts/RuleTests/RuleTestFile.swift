import Foundation
public import TriplineFormats

/// A file of tests of rules.
public struct RuleTestFile: Sendable {
  /// The file of rules, as it is named there.
  public let ruleFile: String
  /// The tests.
  public let tests: [RuleTest]

  /// Reads a file of tests; files it names are looked for in `folder`.
  ///
  /// - Throws: the first mistake, with its line and column.
  public init(_ text: String, file: String, folder: String) throws(ConfigurationError) {
    var root = try YAMLSection.document(text, file: file)
    ruleFile = try root.required("rule_file", of: "the file")
    var tests: [RuleTest] = []
    for section in try root.sections("tests") {
      let test = try Self.test(section, folder)
      guard !tests.contains(where: { $0.name == test.name }) else {
        throw section.error("there are two tests named \(test.name)")
      }
      tests.append(test)
    }
    guard !tests.isEmpty else { throw root.error("there are no tests") }
    try root.finish("the file")
    self.tests = tests
  }

  private static func test(_ section: YAMLSection, _ folder: String) throws(ConfigurationError) -> RuleTest {
    var section = section
    let name = try section.required("name", of: "a test")
    let input: InputFile
    switch (try section.text("track"), try section.rows("fixes")) {
    case (let track?, nil):
      guard !section.has("vehicle") else {
        throw section.error(
          "the test \(name) has a track, which names its vehicles; vehicle is for fixes", at: "vehicle")
      }
      input = InputFile(path: URL(fileURLWithPath: track, relativeTo: URL(fileURLWithPath: folder + "/")).path)
    case (nil, let rows?):
      input = try inline(rows, try section.text("vehicle") ?? "vehicle", name, section)
    default: throw section.error("the test \(name) needs a track or fixes")
    }
    guard section.has("expect") else { throw section.error("the test \(name) needs expect, [] for no alert") }
    var expectations: [RuleTest.Expectation] = []
    for expected in try section.sections("expect") { expectations.append(try expectation(expected)) }
    try section.finish("a test")
    return RuleTest(name: name, line: section.line, input: input, expectations: expectations)
  }

  /// Fixes that stand in the file: time, latitude, longitude, and where it is known accuracy and speed, in metres a second.
  private static func inline(
    _ rows: [[String]], _ vehicle: String, _ name: String, _ section: YAMLSection
  ) throws(ConfigurationError) -> InputFile {
    var text = "vehicle_id,time,lat,lon,accuracy_m,speed_mps\n"
    for row in rows {
      guard (3...5).contains(row.count), Timestamp.milliseconds(row[0]) != nil,
        row.dropFirst().allSatisfy({ Double($0) != nil })
      else {
        throw section.error(
          "a fix has to be [time, latitude, longitude, accuracy in m, speed in m/s], the last two may be left out, and not \(row)",
          at: "fixes")
      }
      let quoted = "\"" + vehicle.replacing("\"", with: "\"\"") + "\""
      text += ([quoted] + row + Array(repeating: "", count: 5 - row.count)).joined(separator: ",") + "\n"
    }
    return InputFile(bytes: Array(text.utf8), name: name + ".csv")
  }

  private static func expectation(_ section: YAMLSection) throws(ConfigurationError) -> RuleTest.Expectation {
    var section = section
    var expectation = RuleTest.Expectation(rule: try section.required("alert", of: "an alert"))
    expectation.fenceID = try section.text("fence")
    expectation.otherID = try section.text("other")
    expectation.vehicleID = try section.text("vehicle")
    for (key, path) in [
      ("starts_at", \RuleTest.Expectation.startsAt), ("fires_at", \.firesAt), ("resolves_at", \.resolvesAt),
    ] {
      guard let text = try section.text(key) else { continue }
      guard let time = Timestamp.milliseconds(text) else {
        throw section.error("\(key) has to be a time in UTC, like 2026-11-23T10:30:07Z, and not \(text)", at: key)
      }
      expectation[keyPath: path] = time
    }
    expectation.tolerance = try section.duration("tolerance") ?? 0
    expectation.isMuted = try section.truth("muted")
    try section.finish("an alert")
    return expectation
  }
}
