import Testing
import TriplineTesting

@testable import MyCarTracks

@Suite struct LiveDecoderTests {
  private let expected = Position(
    vehicleID: ResourceID("101"), vehicleName: "Van 1", trackID: ResourceID("90017"), driverID: ResourceID("9"),
    point: TrackPoint(
      time: 1_780_470_000_000, latitude: 48.1486, longitude: 17.1077, altitude: Reading(value: 141),
      speed: Reading(value: 43.2), bearing: 182, accuracy: 6))

  @Test(arguments: [
    // The canonical one, flat ones, other names, a batch, no kind, kinds with affixes.
    #"{"type":"position","timestamp":1780470000123,"vehicleId":101,"vehicleName":"Van 1","position":{"latitude":48.1486,"longitude":17.1077,"speed":43.2,"bearing":182.0,"altitude":141.0,"accuracy":6.0,"time":1780470000000},"trackId":90017,"driverId":9}"#,
    #"{"event":"POSITION","carId":"101","carName":"Van 1","lat":"48.1486","lng":"17.1077","velocity":43.2,"heading":182,"elevation":"141","horizontalAccuracy":6,"timestamp":1780470000,"trackId":"90017","userId":9}"#,
    #"{"eventType":"vehicle_position_update","vehicle":{"id":101,"name":"Van 1"},"driver":{"id":9},"trackId":90017,"data":{"coordinates":[17.1077,48.1486],"speed":43.2,"course":182,"alt":141,"accuracy":6,"recordedAt":"2026-06-03T07:00:00Z"}}"#,
    #"{"kind":"positions","data":[{"vehicleId":101,"vehicleName":"Van 1","latitude":48.1486,"longitude":17.1077,"speed":43.2,"bearing":182,"altitude":141,"accuracy":6,"time":1780470000000,"trackId":90017,"driverId":9}]}"#,
    #"[{"id":101,"name":"Van 1","latitude":48.1486,"longitude":17.1077,"speed":43.2,"bearing":182,"altitude":141,"accuracy":6,"time":1780470000000,"trackId":90017,"driverId":9}]"#,
    #"{"messageType":"location","payload":{"vehicleId":101,"vehicleName":"Van 1","trackId":90017,"driverId":9,"position":{"latitude":48.1486,"longitude":17.1077,"speed":43.2,"bearing":182,"altitude":141,"accuracy":6,"time":"1780470000000"}}}"#,
  ])
  func `a position is read in every form`(text: String) {
    var decoder = LiveDecoder()
    #expect(decoder.events(in: Array(text.utf8)) == [.position(expected)])
    #expect(decoder.counts == LiveDecoder.Counts())
  }

  @Test func `objects on lines of their own are read, and one that is none costs no other`() {
    var decoder = LiveDecoder()
    let lines = """
      {"type":"heartbeat"}
      {"type":"offline","vehicleId":101,"lastPositionTime":1780470000000}

      {"type":"pos
      {"type":"error","code":"STREAM_EXPIRED","message":"Stream session expired"}
      """
    #expect(
      decoder.events(in: Array(lines.utf8)) == [
        .heartbeat, .offline(vehicleID: ResourceID("101"), lastPositionTime: 1_780_470_000_000),
        .error(code: "STREAM_EXPIRED", message: "Stream session expired"),
      ])
    #expect(decoder.counts.malformed == 1)
  }

  @Test(arguments: [
    #"{"type":"position","vehicleId":101,"time":1780470000000}"#,
    #"{"type":"position","vehicleId":101,"latitude":0,"longitude":0,"time":1780470000000}"#,
    #"{"type":"position","vehicleId":101,"latitude":null,"longitude":17,"time":1780470000000}"#,
    #"{"type":"position","latitude":48,"longitude":17,"time":1780470000000}"#,
    #"{"type":"position","vehicleId":101,"latitude":48,"longitude":17}"#,
    #"{"type":"position","vehicleId":101,"latitude":48,"longitude":17,"time":"yesterday"}"#,
  ])
  func `a position without vehicle, place or time is counted, and none is made up`(text: String) {
    var decoder = LiveDecoder()
    #expect(decoder.events(in: Array(text.utf8)).isEmpty)
    #expect(decoder.counts.incomplete == 1)
  }

  @Test func `kinds that are not known are told and counted`() {
    var decoder = LiveDecoder()
    #expect(decoder.events(in: Array(#"{"type":"weather","sky":"blue"}"#.utf8)) == [.unknown(kind: "weather")])
    #expect(decoder.events(in: Array("null".utf8)).isEmpty)
    #expect(decoder.counts.unknown == 1 && decoder.counts.malformed == 1)
  }

  @Test func `what could not be read is kept for a while, without secrets`() {
    var decoder = LiveDecoder()
    for number in 0..<20 { _ = decoder.events(in: Array(#"{"type":"weather","number":\#(number)}"#.utf8)) }
    #expect(decoder.unread.count == 16 && decoder.unread.first == #"{"type":"weather","number":4}"#)
    _ = decoder.events(in: Array(#"{"type":"moved","url":"wss://live.example/?token=abc"}"#.utf8))
    #expect(decoder.unread.last == "(withheld)")
    _ = decoder.events(in: [UInt8](repeating: 0x78, count: 10_000))
    #expect(decoder.unread.last?.count == 500)
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `whatever comes, reading goes on`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var decoder = LiveDecoder()
    let text = Array(
      #"{"type":"position","vehicleId":101,"position":{"latitude":48.1,"longitude":17.1,"time":1780470000000}}"#.utf8)
    for _ in 0..<50 {
      var damaged = text
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
        case 1: damaged.removeSubrange(0..<Int.random(in: 0..<damaged.count, using: &random) / 8)
        default: damaged += text.prefix(Int.random(in: 0...text.count, using: &random))
        }
      }
      for case .position(let position) in decoder.events(in: damaged) {
        #expect(position.point.latitude.isFinite && position.point.longitude.isFinite, "seed \(seed)")
      }
    }
    #expect(decoder.events(in: text).count == 1, "seed \(seed)")
  }
}
