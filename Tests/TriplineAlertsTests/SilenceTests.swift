import Foundation
import Testing
import TriplineTesting

@testable import TriplineAlerts

@Suite struct SilenceTests {
  private func silence(_ matchers: [String]) throws -> Silence {
    Silence(
      id: "s1", matchers: try matchers.map { try Matcher($0) }, startsAt: 1000, endsAt: 2000, author: "somebody",
      comment: "works at the gate")
  }

  @Test(arguments: [(999, false), (1000, true), (1999, true), (2000, false)])
  func `a silence begins with its first moment and is over with its last`(moment: Int64, isMuted: Bool) throws {
    let silence = try silence(["fence=depot", "severity!=page"])
    #expect(silence.mutes(["fence": "depot"], at: moment) == isMuted)
    #expect(!silence.mutes(["fence": "depot", "severity": "page"], at: moment))
    #expect(!silence.mutes(["fence": "yard"], at: moment))
  }

  @Test func `a silence without matchers silences nothing`() throws {
    #expect(try !silence([]).mutes([:], at: 1500))
  }

  @Test func `a silence is encoded with its matchers as texts, and decoded`() throws {
    let silence = try silence(["fence=~\"depot.*\""])
    let data = try JSONEncoder().encode(silence)
    #expect(String(decoding: data, as: UTF8.self).contains(#"["fence=~\"depot.*\""]"#))
    #expect(try JSONDecoder().decode(Silence.self, from: data) == silence)
  }

  // MARK: Inhibitions

  private static let offline = ["alertname": "Offline", "vehicle": "1"]

  /// What fires, what may be kept back, and whether it is.
  static let inhibitions: [([String: String], [String: String], Bool)] = [
    (offline, ["alertname": "Dwell", "vehicle": "1"], true), (offline, ["alertname": "Dwell", "vehicle": "2"], false),
    (offline, ["alertname": "Dwell"], false), (["alertname": "Offline"], ["alertname": "Dwell"], true),
    // One that could be both is not kept back by itself, nor by another that could be both.
    (offline, offline, false), (["alertname": "Offline", "vehicle": "1", "fence": "a"], offline, false),
    (["alertname": "Dwell", "vehicle": "1"], offline, false),
  ]

  @Test(arguments: inhibitions)
  func `an alert is kept back by another that agrees in the equal labels, and not by its like`(
    source: [String: String], labels: [String: String], isInhibited: Bool
  ) throws {
    let inhibition = Inhibition(
      source: [try Matcher("alertname=Offline")], target: [try Matcher("alertname=~\".+\"")], equal: ["vehicle"])
    #expect(inhibition.inhibits(labels, while: source) == isInhibited)
    var index = InhibitionIndex([inhibition])
    index.insert(7, source)
    #expect(index.source(inhibiting: labels) == (isInhibited ? 7 : nil))
    index.remove(7, source)
    #expect(index.source(inhibiting: labels) == nil)
  }

  @Test(arguments: Seeds.first(20))
  func `the index finds what asking all of them finds`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let inhibitions = [
      Inhibition(source: [try Matcher("a=x")], target: [try Matcher("b=~\"x|y\"")], equal: ["c"]),
      Inhibition(source: [try Matcher("b=y")], target: [try Matcher("a!=x")], equal: []),
    ]
    var index = InhibitionIndex(inhibitions)
    var firing: [UInt64: [String: String]] = [:]
    for step: UInt64 in 1...200 {
      var labels: [String: String] = [:]
      for label in ["a", "b", "c"] { labels[label] = ["x", "y", nil].randomElement(using: &random) ?? nil }
      if let number = firing.keys.sorted().randomElement(using: &random), Bool.random(using: &random) {
        index.remove(number, firing.removeValue(forKey: number) ?? [:])
      } else {
        index.insert(step, labels)
        firing[step] = labels
      }
      // The first inhibition that applies, and of that the first alert.
      let expected = inhibitions.lazy.compactMap { inhibition in
        firing.filter { inhibition.inhibits(labels, while: $0.value) }.keys.min()
      }.first
      #expect(index.source(inhibiting: labels) == expected, "seed \(seed), step \(step)")
    }
  }
}
