import Testing

@testable import MyCarTracks

@Suite struct ReadingTests {
  @Test(
    arguments: [
      ("165 m", 165, "m"), ("12.3 km", 12.3, "km"), ("7 mi", 7, "mi"), ("1 234,5 km", 1234.5, "km"),
      ("1.234,5 km", 1234.5, "km"), ("1,234.5 km", 1234.5, "km"), ("1'234.5", 1234.5, nil), ("-3,5", -3.5, nil),
      ("1\u{A0}234 m", 1234, "m"), ("1.234.567", 1_234_567, nil), ("42.7km", 42.7, "km"), ("60 KM/H", 60, "km/h"),
      ("1e3", 1000, nil), ("2.5E-1 m", 0.25, "m"),
    ] as [(String, Double, String?)])
  func `numbers are read with their unit`(text: String, value: Double, unit: String?) {
    #expect(Reading(text: text) == Reading(value: value, unit: unit))
  }

  @Test(arguments: ["", "km", "-", ".", "n/a", "e5"])
  func `text without a number is none`(text: String) {
    #expect(Reading(text: text) == nil)
  }

  @Test(
    arguments: [
      ("kilometersPerHour", 36.0, nil, 10.0), ("metersPerSecond", 10, nil, 10), ("milesPerHour", 22.369_362_9, nil, 10),
      ("unverified", 10, nil, nil), ("unverified", 36, "km/h", 10), ("metersPerSecond", -1, nil, nil),
      ("metersPerSecond", 5, "knots", nil),
    ] as [(String, Double, String?, Double?)])
  func `speeds become metres a second, or nothing`(unit: String, value: Double, written: String?, expected: Double?)
    throws
  {
    var findings = UnitFindings()
    findings.speed = try #require(UnitFindings.Speed(rawValue: unit))
    let speed = findings.speed(Reading(value: value, unit: written))
    #expect(expected.map { abs((speed ?? .nan) - $0) < 1e-6 } ?? (speed == nil))
  }
}
