import Foundation
import Glibc
import Testing

@testable import TriplineAlerts
@testable import TriplineService

@Suite struct LineReceiverTests {
  private func lines(_ path: String) throws -> [[UInt8]] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path))).split(separator: UInt8(ascii: "\n")).map { Array($0) }
  }

  @Test func `every event is a line at the end of the file`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let path = folder + "/events.ndjson"
      let events = [ReceiverSamples.event(), ReceiverSamples.event(isFiring: false)]
      #expect(await LineReceiver(path: path).attempt(ReceiverSamples.parcel(events)).isSuccess)
      #expect(await LineReceiver(path: path).attempt(ReceiverSamples.parcel()).isSuccess)
      let written = try lines(path)
      #expect(written == events.map(\.json) + [ReceiverSamples.event().json])
    }
  }

  @Test func `after the file is renamed, lines go to a new one`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let (path, old) = (folder + "/events.ndjson", folder + "/events.ndjson.1")
      let receiver = LineReceiver(path: path)
      #expect(await receiver.attempt(ReceiverSamples.parcel()).isSuccess)
      try FileManager.default.moveItem(atPath: path, toPath: old)
      #expect(await receiver.attempt(ReceiverSamples.parcel()).isSuccess)
      #expect(await receiver.attempt(ReceiverSamples.parcel()).isSuccess)
      let counts = (try lines(old).count, try lines(path).count)
      #expect(counts == (1, 2))
    }
  }

  @Test(arguments: [
    ("/dev/full", "no space left on device"), ("/nonexistent/events.ndjson", "no such file or directory"),
  ])
  func `what cannot be written has failed`(path: String, note: String) async {
    #expect(
      await LineReceiver(path: path).attempt(ReceiverSamples.parcel()) == Attempt(outcome: .failed, note: note))
  }

  @Test func `many at once do not mix their lines`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let path = folder + "/events.ndjson"
      let receiver = LineReceiver(path: path)
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<50 {
          group.addTask {
            let event = ReceiverSamples.event(ReceiverSamples.alert("alrt_\(number)"))
            #expect(await receiver.attempt(ReceiverSamples.parcel([event])).isSuccess)
          }
        }
      }
      let expected = Set((0..<50).map { ReceiverSamples.event(ReceiverSamples.alert("alrt_\($0)")).json })
      let written = try lines(path)
      #expect(written.count == 50 && Set(written) == expected)
    }
  }

  @Test func `lines go to what is open already`() async throws {
    let pipe = Pipe()
    let receiver = LineReceiver(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    #expect(await receiver.attempt(ReceiverSamples.parcel()).isSuccess)
    try pipe.fileHandleForWriting.close()
    let read = try pipe.fileHandleForReading.readToEnd() ?? Data()
    #expect(Array(read) == ReceiverSamples.event().json + [UInt8(ascii: "\n")])
  }

  @Test func `what was written of a line before the power went ends with it`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let path = folder + "/events.ndjson"
      try Data(#"{"half":"#.utf8).write(to: URL(fileURLWithPath: path))
      #expect(await LineReceiver(path: path).attempt(ReceiverSamples.parcel()).isSuccess)
      let written = try lines(path)
      #expect(written == [Array(#"{"half":"#.utf8), ReceiverSamples.event().json])
    }
  }

  @Test func `a pipe that nobody reads is not waited for`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let path = folder + "/events.pipe"
      #expect(mkfifo(path, 0o600) == 0)
      #expect(
        await LineReceiver(path: path).attempt(ReceiverSamples.parcel())
          == Attempt(outcome: .failed, note: "nobody reads it"))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an attempt ends although the reader does not read, and no line is torn or comes twice, over a reload too`()
    async throws
  {
    try await ReceiverSamples.withFolder { folder in
      let reader = try PipeReader(folder + "/events.pipe")
      // More than a pipe holds.
      let long = Parcel.Event(
        id: "long", json: Array(repeating: UInt8(ascii: "x"), count: 1 << 20), alert: ReceiverSamples.alert(),
        isFiring: true)
      let (begun, other) = (ReceiverSamples.parcel([long]), ReceiverSamples.parcel())
      // Another receiver at the same place, as a reload makes it.
      let (impatient, receiver) = (
        LineReceiver(path: reader.path, timeout: 20), LineReceiver(path: reader.path, timeout: 3_600_000)
      )
      for parcel in [begun, other] {
        #expect(
          await impatient.attempt(parcel)
            == Attempt(outcome: .failed, note: "nobody reads it, or its disk does not write"))
      }
      let expected = long.json + [UInt8(ascii: "\n")] + ReceiverSamples.event().json + [UInt8(ascii: "\n")]
      async let read = reader.read(expected.count)
      #expect(await receiver.attempt(other).isSuccess)
      #expect(await receiver.attempt(begun).isSuccess)
      #expect(await read == expected)
      #expect(reader.isEmpty)
    }
  }
}
