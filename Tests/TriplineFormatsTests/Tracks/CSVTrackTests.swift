import Testing
import TriplineCore
import TriplineFormats

@Suite struct CSVTrackTests {
  private static let header = "track_id,vehicle_id,time,lat,lon,alt_m,speed_mps,bearing_deg,accuracy_m\n"
  private static let good = "t1,v1,2016-01-02T03:04:05Z,52.5,13.4,30,5,90,4\n"

  @Test func `a full row gives every value`() throws {
    let read = try ReadTracks(Self.header + Self.good)
    let fix = try #require(read.fixes.first)
    #expect(fix.time == 1_451_703_845_000)
    #expect(fix.coordinate == Coordinate(latitude: 52.5, longitude: 13.4))
    #expect([fix.altitude, fix.speed, fix.course, fix.accuracy] == [30, 5, 90, 4])
    #expect(fix.sequence == 0)
    #expect(read.tracks.tracks == [.init(trackID: "t1", vehicleID: "v1", source: "test.csv")])
  }

  @Test(arguments: [
    "TripID;IMEI;DateTime;Latitude;Longitude;Altitude;Speed;Heading;HAcc",
    "\"trackid\"\t\"device_id\"\t\"ts\"\t\"y\"\t\"x\"\t\"ele\"\t\"SPEED_MPS\"\t\"course\"\t\"accuracy\"",
    "comment,track,vehicle,timestamp,lat,lng,elevation,speed,bearing,accuracy",
  ])
  func `columns are found by name in any case and with any delimiter`(header: String) throws {
    let delimiter = header.contains(";") ? ";" : header.contains("\t") ? "\t" : ","
    let prefix = header.hasPrefix("comment") ? ["\"a, \"\"quoted\"\" remark\""] : []
    let values = prefix + ["t1", "v1", "1451703845", "52.5", "13.4", "30", "5", "90", "4"]
    let read = try ReadTracks(header + "\n" + values.joined(separator: delimiter) + "\n")
    let fix = try #require(read.fixes.first)
    #expect([fix.latitude, fix.longitude] == [52.5, 13.4])
    #expect([fix.altitude, fix.speed, fix.course, fix.accuracy] == [30, 5, 90, 4])
    #expect(read.tracks[0].vehicleID == "v1")
  }

  @Test(arguments: [
    ("speed_kmh", 10 as Float), ("kmh", 10), ("speed_mph", 16.09344), ("knots", 18.52), ("speed_mps", 36),
    ("speed", 36),
  ])
  func `the unit of the speed is in the name of its column`(name: String, speed: Float) throws {
    let read = try ReadTracks("time,lat,lon,\(name)\n0,1,2,36\n")
    #expect(abs((read.fixes[0].speed ?? .nan) - speed) < 1e-5)
  }

  @Test(arguments: [
    ("speed_limit_kmh", 10 as Float), ("x_posted_limit_kmh", 10), ("Speed_Limit_MPH", 16.09), ("speed_limit", 36),
  ])
  func `a speed limit stands in a column whose name has the unit`(name: String, limit: Float) throws {
    let read = try ReadTracks("time,lat,lon,\(name)\n0,1,2,36\n1,1,2,\n2,1,2,0\n3,1,2,x\n")
    #expect(abs((read.fixes[0].speedLimit ?? .nan) - limit) < 1e-2)
    #expect(read.fixes.count == 4 && read.fixes.dropFirst().allSatisfy { $0.speedLimit == nil })
    #expect(read.report.problemCount == 1)
  }

  @Test func `whether the ignition is on is said in one of several words, or not at all`() throws {
    let values = ["on", "1", "TRUE", " yes ", "off", "0", "False", "", "perhaps"]
    let rows = values.enumerated().map { "\($0.offset),1,2,\($0.element)" }
    let read = try ReadTracks((["time,lat,lon,ignition"] + rows).joined(separator: "\n"))
    #expect(read.fixes.map(\.ignition) == [true, true, true, true, false, false, false, nil, nil])
    #expect(read.report.problemCount == 1)
    #expect(read.report.problems.first?.description.contains("\"perhaps\"") == true)
  }

  @Test func `who drives is taken from the first row of a track`() throws {
    let read = try ReadTracks("track_id,driver_id,time,lat,lon\na,ann,0,1,2\na,bob,1,1,2\nb,,0,1,2\n")
    #expect(read.tracks.tracks.map(\.driverID) == ["ann", ""])
  }

  @Test func `the name with the plainer unit wins, hdop is no accuracy, receipt is read`() throws {
    let read = try ReadTracks("time,lat,lon,speed_kmh,speed_mps,hdop,received\n0,1,2,36,9,1.5,2.5\n")
    #expect(read.fixes[0].speed == 9)
    #expect(read.fixes[0].accuracy == nil)
    #expect(read.fixes[0].received == 2500)
  }

  @Test(arguments: [
    ("track_id,vehicle_id", "t,v", "t", "v"), ("track_id", "t", "t", "t"), ("vehicle_id", "v", "v", "v"),
    ("remark", "r", "van-7", "van-7"), ("track_id,vehicle_id", ",v", "v", "v"), ("track_id,vehicle_id", "t,", "t", "t"),
    ("track_id", "\"a\"\"b,c\"", "a\"b,c", "a\"b,c"),
  ])
  func `missing ids are taken from the other one, or the file`(
    columns: String, values: String, track: String, vehicle: String
  ) throws {
    let read = try ReadTracks("\(columns),time,lat,lon\n\(values),0,1,2\n", name: "logs/van-7.csv")
    #expect(read.tracks.tracks == [.init(trackID: track, vehicleID: vehicle, source: "logs/van-7.csv")])
  }

  @Test func `interleaved tracks keep their own numbers and bad rows count`() throws {
    var text = "track_id,time,lat,lon\n"
    for row in 0..<300 { text += "t\(row % 100),\(row),1,\(row / 100 == 1 ? "bad" : "2")\n" }
    let read = try ReadTracks(text)
    #expect(read.tracks.count == 100)
    #expect(read.fixes.count == 200)
    #expect(read.fixes.prefix(100).allSatisfy { $0.sequence == 0 })
    #expect(read.fixes.suffix(100).allSatisfy { $0.sequence == 2 })
    #expect(read.tracks.rowCount(of: 5) == 3)
    #expect(read.report.counts == [.badValue: 100])
    #expect(read.report.problems.count == ReadReport.keptProblems)
    #expect(read.report.problems.first?.place.line == 102)
  }

  @Test func `two vehicles may have a track of the same id, and a second file goes on with it`() throws {
    var tracks = TrackTable()
    var fixes: [Fix] = []
    for name in ["a.csv", "b.csv"] {
      let text = "track_id,vehicle_id,time,lat,lon\n1,x,0,1,2\n1,y,0,1,2\n"
      var reader = try TrackReader(InputFile(bytes: Array(text.utf8), name: name))
      while try reader.read(into: &fixes, tracks: &tracks) {}
    }
    #expect(fixes.map(\.vehicle) == [0, 1, 0, 1])
    #expect(fixes.map(\.sequence) == [0, 0, 1, 1])
    #expect(tracks[0].source == "a.csv")
  }

  @Test func `a batch has at most 8,192 fixes and the end comes after the last`() throws {
    let text = "time,lat,lon\n" + (0..<20_000).map { "\($0),1,2\n" }.joined()
    var reader = try TrackReader(InputFile(bytes: Array(text.utf8), name: "x.csv"))
    var tracks = TrackTable()
    var sizes: [Int] = []
    var batch: [Fix] = []
    while try reader.read(into: &batch, tracks: &tracks) {
      sizes.append(batch.count)
      batch.removeAll()
    }
    #expect(sizes == [8192, 8192, 3616])
    #expect(try !reader.read(into: &batch, tracks: &tracks))
  }
}
