import Testing
import TriplineCore
import TriplineFormats

@Suite struct NDJSONTrackTests {
  private func read(_ lines: [String], name: String = "x.ndjson") throws -> ReadTracks {
    try ReadTracks(lines.joined(separator: "\n"), name: name)
  }

  @Test func `an object a line gives a fix`() throws {
    let read = try read([
      #"{"vehicle":"v","trip_id":17,"time":"2016-01-02T03:04:05.678Z","lat":52.5,"lon":13.4,"speed_kmh":36}"#,
      #"{"vehicle":"v","trip_id":17,"ts":1451703846,"lat":"52.5","lng":-0.1,"speed":null,"x":{"a":[1]}}"#,
    ])
    #expect(read.fixes.map(\.time) == [1_451_703_845_678, 1_451_703_846_000])
    #expect(read.fixes.map(\.longitude) == [13.4, -0.1])
    #expect(read.fixes.map(\.speed) == [10, nil])
    #expect(read.fixes.map(\.sequence) == [0, 1])
    #expect(read.tracks.tracks == [.init(trackID: "17", vehicleID: "v", source: "x.ndjson")])
    #expect(read.report.isClean)
  }

  @Test func `whether the ignition is on is a truth value, a number or a word`() throws {
    let values = ["true", "1", "\"on\"", "false", "0", "null", "7"]
    let read = try read(values.map { #"{"time":0,"lat":1,"lon":2,"ignition":\#($0)}"# })
    #expect(read.fixes.map(\.ignition) == [true, true, true, false, false, nil, nil])
    #expect(read.report.problemCount == 1)
  }

  @Test(arguments: ["x.ndjson", "x.jsonl", "x.log", "x"])
  func `it is recognised by extension or content`(name: String) throws {
    #expect(try read([#"{"time":0,"lat":1,"lon":2}"#], name: name).fixes.count == 1)
  }

  @Test(arguments: [
    (#"{"time":0,"lat":1"#, FormatError.Code.malformedRow, "the line is not one JSON object"),
    (#"[1,2,3]"#, .malformedRow, "the line is not one JSON object"),
    ("\u{1}", .malformedRow, "the line is not one JSON object"),
    (#"{"lat":1,"lon":2}"#, .badValue, "the time is missing"),
    (#"{"time":"noon","lat":1,"lon":2}"#, .badValue, "time \"noon\" is no time"),
    (#"{"time":true,"lat":1,"lon":2}"#, .badValue, "time true is no time"),
    (#"{"time":0,"lon":2}"#, .badValue, "the latitude is missing"),
    (#"{"time":0,"lat":1,"lon":"east"}"#, .badValue, "lon \"east\" is not a number"),
    (#"{"time":0,"lat":[1],"lon":2}"#, .badValue, "lat […] is not a number"),
  ])
  func `a bad line is named and the good ones come through`(
    line: String, code: FormatError.Code, message: String
  ) throws {
    let good = #"{"time":0,"lat":1,"lon":2}"#
    let read = try read([good, line, good])
    #expect(read.fixes.count == 2)
    #expect(read.report.counts == [code: 1])
    #expect(read.problems.first?.hasPrefix("x.ndjson:2: \(message)") == true, "\(read.problems)")
  }

  @Test func `an empty file is an error`() {
    let error = #expect(throws: FormatError.self) { try read([]) }
    #expect(error?.code == .empty)
  }

  @Test(arguments: ["x.jsonl.gz", "x"])
  func `gzip that ends early gives the lines before`(name: String) throws {
    let bytes = gzip("{\"time\":0,\"lat\":1,\"lon\":2}\n{\"time\":1,\"lat\":1,\"lon\":2}\n").dropLast(20)
    let read = try ReadTracks(bytes: Array(bytes), name: name)
    #expect(read.fixes.count == 1)
    #expect(read.report.counts == [.truncated: 1])
  }

  @Test func `ids of 64 bits stay exact, and of two keys for one column the better name counts`() throws {
    let read = try read([#"{"vehicle":9007199254740993,"y":9,"lat":1,"latitude":8,"lon":2,"time":0}"#])
    #expect(read.tracks.tracks.map(\.vehicleID) == ["9007199254740993"])
    #expect(read.fixes.map(\.latitude) == [1])
  }
}
