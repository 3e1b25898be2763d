import Foundation
import Glibc
import Logging
import MyCarTracksTesting
import Testing

@testable import TriplineService

@Suite struct LineLogHandlerTests {
  /// 2026-11-23T10:35:12.208Z.
  private let moment: Int64 = 1_795_430_112_208

  private func record(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogRecord {
    LogRecord(time: moment, level: .warning, logger: "tripline.feed", message: message, metadata: metadata)
  }

  private func object(_ record: LogRecord) throws -> [String: Any] {
    let line = record.line(.json)
    #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { !$0.isNewline })
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func `a line is one JSON object`() throws {
    #expect(
      record("the stream is closed", ["code": "1006", "tries": .stringConvertible(3)]).line(.json) == """
        {"time":"2026-11-23T10:35:12.208Z","level":"warning","message":"the stream is closed",\
        "logger":"tripline.feed","code":"1006","tries":"3"}

        """)
  }

  @Test(
    arguments: [
      "plain", "a \"b\" \\ c", "two\nlines", "\r\n", "\u{1B}[31mred", "\u{0}", "\u{85}\u{2028}\u{2029}", "žluťoučký 🚚",
    ])
  func `any text is read back, and stays on its line`(text: String) throws {
    let object = try object(record(text, ["it": .string(text), text: "name"]))
    #expect(object["message"] as? String == text && object["it"] as? String == text)
    #expect(object[text] as? String == "name")
    let line = record(text, ["it": .string(text)]).line(.text)
    #expect(line.unicodeScalars.filter { JSONText.isControl($0) } == ["\n"])
  }

  @Test func `dictionaries are flattened, and lists stay lists`() throws {
    let object = try object(
      record("x", ["sink": ["id": "a", "queue": ["length": "3"]], "fences": ["b", ["c": "d"]], "level": "high"]))
    #expect(object["sink.id"] as? String == "a" && object["sink.queue.length"] as? String == "3")
    #expect(object["level"] as? String == "warning" && object["metadata.level"] as? String == "high")
    let fences = try #require(object["fences"] as? [Any])
    #expect(fences.first as? String == "b" && (fences.last as? [String: String]) == ["c": "d"])
  }

  @Test(
    arguments: [
      "secret", "clientSecret", "CLIENT_SECRET", "token", "access_token", "Authorization", "password", "url",
      "webhookURL",
    ])
  func `what may be secret is withheld, in both forms and at every depth`(name: String) {
    let made: Logger.MetadataValue = "made-up"
    for metadata in [
      [name: made], ["request": [name: made]], [name: ["inner": made]], [name: [made]], ["list": [[name: made]]],
      [name: .stringConvertible(Revealing())],
    ] as [Logger.Metadata] {
      for form in LogForm.allCases {
        let line = record("x", metadata).line(form)
        #expect(!line.contains("made-up") && line.contains("(withheld)"), "\(line)")
      }
    }
  }

  @Test func `the text form is for people`() {
    #expect(
      record("it is late", ["vehicle": "van 7", "by": "3s", "none": ""]).line(.text)
        == "2026-11-23T10:35:12.208Z warning tripline.feed: it is late by=3s none=\"\" vehicle=\"van 7\"\n")
  }

  @Test func `a logger writes whole lines, from the level on, and what is nearer wins`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString).log")
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_APPEND, 0o600)
    try #require(descriptor >= 0)
    defer {
      close(descriptor)
      try? FileManager.default.removeItem(at: file)
    }
    var logger = Logger(label: "tripline") { label in
      LineLogHandler(
        label: label, form: .json, descriptor: descriptor,
        metadataProvider: Logger.MetadataProvider { ["a": "provider", "b": "provider", "c": "provider"] },
        time: ManualTime(date: moment))
    }
    logger[metadataKey: "b"] = "logger"
    logger[metadataKey: "c"] = "logger"
    logger.debug("not written")
    logger.info("one", metadata: ["c": "message"])
    logger.logLevel = .debug
    logger.debug("two")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let members = #""logger":"tripline","a":"provider","b":"logger","c":"#
    #expect(
      lines == [
        #"{"time":"2026-11-23T10:35:12.208Z","level":"info","message":"one",\#(members)"message"}"#,
        #"{"time":"2026-11-23T10:35:12.208Z","level":"debug","message":"two",\#(members)"logger"}"#,
      ])
  }

  @Test func `a file that takes nothing is no reason to stop`() {
    let logger = Logger(label: "tripline") { LineLogHandler(label: $0, form: .json, descriptor: -1) }
    logger.info("lost")
  }
}

/// Something that describes itself by what must not be seen.
private struct Revealing: CustomStringConvertible, Sendable {
  var description: String { "made-up" }
}
