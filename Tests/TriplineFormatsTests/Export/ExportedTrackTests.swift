import Testing
import TriplineCore
import TriplineFormats

@Suite struct ExportedTrackTests {
  @Test func `fixes stand in the order of time, and those that cannot be written are left out`() {
    func fix(_ time: Int64, _ latitude: Double, _ sequence: UInt32) -> Fix {
      Fix(vehicle: 0, time: time, latitude: latitude, longitude: 2, sequence: sequence)
    }
    let fixes = [
      fix(5_000, 1, 0), fix(.min, 1, 1), fix(.max, 1, 2), fix(1_000, 96, 3), fix(1_000, .nan, 4), fix(1_000, 1, 5),
      fix(5_000, 3, 6),
    ]
    let track = ExportedTrack(TrackTable.Track(trackID: "t", vehicleID: "v", source: "s"), fixes)
    #expect(track.fixes.map(\.sequence) == [5, 0, 6])
  }
}
