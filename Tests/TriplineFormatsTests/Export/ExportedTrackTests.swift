import Foundation
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

  private func written(_ track: ExportedTrack, as format: ExportFormat) throws -> (text: String, leftOut: Int) {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var writer = try TrackWriter(format, to: OutputSink(path: path))
    try writer.write(track)
    let leftOut = writer.leftOutCount
    try writer.finish()
    return (try String(contentsOfFile: path, encoding: .utf8), leftOut)
  }

  private let track = ExportedTrack(
    TrackTable.Track(trackID: "t", vehicleID: "v", source: "s"),
    [0, 1_000, 1_000, 2_000].enumerated().map {
      Fix(vehicle: 0, time: 1_795_660_923_456 + $0.element, latitude: 50 + Double($0.offset), longitude: 14)
    })

  @Test(arguments: ExportFormat.allCases.filter { $0 != .geopackage })
  func `trap 28: every format has the instant that it was given`(format: ExportFormat) throws {
    let text = try written(track, as: format).text
    #expect(text.contains(format == .kepler ? "1795660923.456" : "2026-11-26T02:42:03.456"), "\(text)")
    #expect(!text.contains("1970-01-"))
  }

  @Test(arguments: ExportFormat.allCases.filter { $0 != .geopackage })
  func `trap 25: what a format has no room for is counted`(format: ExportFormat) throws {
    let (text, leftOut) = try written(track, as: format)
    #expect(leftOut == (format == .mfjson ? 1 : 0))
    // Latitudes tell the fixes apart.
    #expect((50...53).count { text.contains("\($0).0") } == 4 - leftOut)
    let one = ExportedTrack(track.track, [track.fixes[0]])
    #expect(try written(one, as: format).leftOut == ([.csv, .gpx, .kml].contains(format) ? 0 : 1))
  }
}
