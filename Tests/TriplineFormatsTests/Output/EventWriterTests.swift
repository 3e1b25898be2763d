import Foundation
import Testing
import TriplineFormats

@testable import TriplineCore

@Suite struct EventWriterTests {
  private static let berlin = Coordinate(latitude: 52.123456789012345, longitude: -13.1)
  private static let fence = FenceEvent(
    kind: .enter, isInterpolated: false, vehicle: 0, fence: 0, sequence: 7, time: 1_451_703_845_678,
    coordinate: berlin, exitTime: 1_451_703_845_678, exitCoordinate: berlin, previousFixTime: .min,
    fixTime: 1_451_703_845_678)
  private static let visit = Visit(
    vehicle: 0, fence: 1, enterTime: 0, exitTime: 90_500, enterCoordinate: berlin,
    exitCoordinate: Coordinate(latitude: 52, longitude: 13), wasInsideAtStart: true, wasInsideAtEnd: false, fixes: 9,
    stops: 1, distance: 450.25, moving: 45_000, stopped: 30_000, gap: 500, maximumSpeed: 12.5)
  private static let stop = Stop(
    kind: .dataGap, vehicle: 0, fixes: 3, shuffles: 0, start: 0, end: 60_000, arrivalUncertainty: 0,
    departureUncertainty: 0, coordinate: berlin, radius: 2.00049)
  private static let trip = Trip(
    vehicle: 0, fixes: 9, pauses: 0, isOpenEnded: true, start: 0, end: 10_000, startCoordinate: berlin,
    endCoordinate: Coordinate(latitude: 52, longitude: 13), distance: 1234.56789, gapDistance: 0,
    dopplerDistance: nil, moving: 10_000, stationary: 0, gap: 0, maximumSpeed: nil, percentile95Speed: 12.5)
  private static let events: [Event] = [
    .fence(fence), .visit(visit), .stop(.init(phase: .ended, stop: stop)), .trip(trip),
  ]

  private func write(
    _ events: [Event], as format: EventFormat, track: String = "t1", fences: [String] = ["depot", "a,\"b\""]
  ) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var tracks = TrackTable()
    _ = tracks.insert(.init(trackID: track, vehicleID: "v1", source: "x.csv"))
    let names = EventNames(tracks: tracks.tracks, fenceIDs: fences, ruleIDs: ["other", "steady"])
    var writer = EventWriter(format, to: try OutputSink(path: path))
    for event in events { try writer.write(event, names: names) }
    try writer.finish()
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  private func json(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func `NDJSON is one object a line, to the letter`() throws {
    let text = try write([.fence(Self.fence), .visit(Self.visit)], as: .ndjson)
    #expect(
      text == """
        {"type":"fence","event":"enter","track_id":"t1","vehicle_id":"v1","fence_id":"depot",\
        "time":"2016-01-02T03:04:05.678Z","end_time":null,"latitude":52.123456789012344,"longitude":-13.1,\
        "end_latitude":null,"end_longitude":null,"interpolated":false,"previous_fix_time":null,\
        "fix_time":"2016-01-02T03:04:05.678Z","row":7,"reason":"moved"}
        {"type":"visit","track_id":"t1","vehicle_id":"v1","fence_id":"a,\\"b\\"","time":"1970-01-01T00:00:00.000Z",\
        "end_time":"1970-01-01T00:01:30.500Z","duration_s":90.5,"latitude":52.123456789012344,"longitude":-13.1,\
        "end_latitude":52.0,"end_longitude":13.0,"inside_at_start":true,"inside_at_end":false,"fixes":9,"stops":1,\
        "pass_through":false,"distance_m":450.25,"moving_s":45,"stationary_s":15,"stopped_s":30,"gap_s":0.5,\
        "average_speed_mps":5.003,"average_moving_speed_mps":10.006,"maximum_speed_mps":12.5}

        """)
  }

  @Test func `what is not known is null and measures have three decimals at most`() throws {
    let lines = try write(Self.events, as: .ndjson).split(separator: "\n")
    let stop = try json(lines[2])
    #expect(stop["kind"] as? String == "data_gap")
    #expect(stop["radius_m"] as? Double == 2)
    #expect(lines[2].contains("\"radius_m\":2,"))
    let trip = try json(lines[3])
    #expect(trip["distance_m"] as? Double == 1234.568)
    #expect(trip["average_speed_mps"] as? Double == 123.457)
    #expect(trip["doppler_distance_m"] is NSNull)
    #expect(trip["maximum_speed_mps"] is NSNull)
    #expect(trip["percentile95_speed_mps"] as? Double == 12.5)
  }

  @Test func `a rule tells what it decided by`() throws {
    let told = RuleEvent(
      kind: .exit, reason: .moved, rule: 1, vehicle: 0, fence: 0, time: 1000,
      coordinate: Coordinate(latitude: 50, longitude: 14), decidedTime: 31_000, isBySilence: true, fixesFor: 2,
      distance: -12.25, accuracy: 20)
    let object = try json(try write([.rule(told)], as: .ndjson))
    #expect(object["type"] as? String == "rule" && object["event"] as? String == "exit")
    #expect(object["rule"] as? String == "steady" && object["fence_id"] as? String == "depot")
    #expect(object["time"] as? String == "1970-01-01T00:00:01.000Z")
    #expect(object["decided_time"] as? String == "1970-01-01T00:00:31.000Z")
    #expect(object["by_silence"] as? Bool == true && object["fixes_for"] as? Int == 2)
    #expect(object["boundary_distance_m"] as? Double == -12.25 && object["accuracy_taken_m"] as? Double == 20)
    var gone = Self.fence
    gone.reason = .fenceExpired
    #expect(try json(try write([.fence(gone)], as: .ndjson))["reason"] as? String == "fence_expired")
  }

  @Test func `a cross has its second instant and place`() throws {
    var cross = Self.fence
    cross.kind = .cross
    cross.exitTime = 1_451_703_846_000
    cross.exitCoordinate = Coordinate(latitude: 1, longitude: 2)
    let object = try json(try write([.fence(cross)], as: .ndjson))
    #expect(object["end_time"] as? String == "2016-01-02T03:04:06.000Z")
    #expect(object["end_latitude"] as? Double == 1)
    #expect(object["end_longitude"] as? Double == 2)
  }

  @Test func `CSV has one header and as many fields in every row`() throws {
    let lines = try write(Self.events, as: .csv).components(separatedBy: "\r\n")
    #expect(lines.count == 6)
    #expect(lines[0].hasPrefix("type,event,kind,track_id,vehicle_id,fence_id,time,end_time,duration_s,latitude,"))
    #expect(lines[2].contains(",\"a,\"\"b\"\"\","))
    for line in lines.prefix(5) {
      let plain = line.replacingOccurrences(of: "\"a,\"\"b\"\"\"", with: "x")
      #expect(plain.split(separator: ",", omittingEmptySubsequences: false).count == 67, "\(line)")
    }
    let trip = lines[4].split(separator: ",", omittingEmptySubsequences: false)
    let header = lines[0].split(separator: ",")
    let values = Dictionary(uniqueKeysWithValues: zip(header, trip))
    #expect(values["distance_m"] == "1234.568")
    #expect(values["doppler_distance_m"] == "")
    #expect(values["end_latitude"] == "52.0")
    #expect(values["radius_m"] == "")
  }

  @Test func `GeoJSON is one collection with a point or a line`() throws {
    let text = try write(Self.events, as: .geojson)
    let collection = try json(text)
    let features = try #require(collection["features"] as? [[String: Any]])
    let types = features.map { ($0["geometry"] as? [String: Any])?["type"] as? String }
    #expect(types == ["Point", "LineString", "Point", "LineString"])
    #expect(text.contains(#""LineString","coordinates":[[-13.1,52.123456789012344],[13.0,52.0]]"#))
    #expect((features[1]["properties"] as? [String: Any])?["type"] as? String == "visit")
  }

  @Test(arguments: EventFormat.allCases)
  func `a document without events is complete`(format: EventFormat) throws {
    let text = try write([], as: format)
    switch format {
    case .ndjson: #expect(text.isEmpty)
    case .csv: #expect(text.hasPrefix("type,event,") && text.hasSuffix("\r\n"))
    case .geojson: #expect((try json(text)["features"] as? [Any])?.isEmpty == true)
    }
  }

  @Test(arguments: ["a\"b", "a\\b", "a\nb\r\t", "\u{1}\u{1F}\u{7F}", "Бурятия 🚚", "", " x"])
  func `any id survives JSON and CSV`(id: String) throws {
    let text = try write([.fence(Self.fence)], as: .ndjson, track: id)
    #expect(text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    #expect(try json(text)["track_id"] as? String == id)
    let row = try write([.fence(Self.fence)], as: .csv, track: id).components(separatedBy: "\r\n").dropFirst()
      .joined(separator: "\r\n")
    let field =
      id.contains(where: "\"\n\r".contains) || id.contains("\r") || id.hasPrefix(" ")
      ? "\"" + id.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : id
    #expect(row.hasPrefix("fence,enter,,\(field),v1,depot,"))
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a full disk is an error that names the output`() throws {
    var writer = EventWriter(.ndjson, to: try OutputSink(path: "/dev/full"))
    var tracks = TrackTable()
    _ = tracks.insert(.init(trackID: "t", vehicleID: "v", source: "x.csv"))
    let names = EventNames(tracks: tracks.tracks, fenceIDs: ["f"])
    try writer.write(.fence(Self.fence), names: names)
    do {
      try writer.finish()
      Issue.record("a full disk took the events")
    } catch {
      #expect(error.code == .writeFailed)
      #expect(error.description.hasPrefix("/dev/full: cannot be written: No space left on device"))
    }
  }

  @Test func `an output that cannot be opened is an error`() {
    #expect(throws: FormatError.self) { _ = try OutputSink(path: "/nowhere/x.csv") }
  }

  @Test(arguments: [
    (1_451_703_845_678 as Int64, "2016-01-02T03:04:05.678Z" as String?), (0, "1970-01-01T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (951_868_799_999, "2000-02-29T23:59:59.999Z"),
    (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (253_402_300_800_000, nil), (.min, nil), (.max, nil),
  ])
  func `a time is written to the millisecond and reads back`(time: Int64, text: String?) {
    #expect(Timestamp.text(time) == text)
    if let text { #expect(Timestamp.milliseconds(text) == time) }
  }
}
