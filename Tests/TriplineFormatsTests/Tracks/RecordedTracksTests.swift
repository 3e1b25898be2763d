import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite(.enabled(if: SharedData.isPresent)) struct RecordedTracksTests {
  static let files: [(path: String, rows: Int)] = {
    guard let path = try? SharedData.path("MANIFEST.tsv"), let text = try? String(contentsOfFile: path, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t")
      guard fields.count == 4, fields[0].hasPrefix("tracks/"), let rows = Int(fields[3]) else { return nil }
      return (String(fields[0]), rows)
    }
  }()

  @Test func `the manifest names the track files`() {
    #expect(Self.files.count >= 14)
  }

  @Test(arguments: files)
  func `every row of a recorded file is read`(path: String, rows: Int) throws {
    let read = try ReadTracks(InputFile(path: SharedData.path(path)))
    #expect(read.fixes.count == rows)
    #expect(read.report.rows == rows)
    #expect(read.report.isClean, "\(read.problems)")
    let counts = Dictionary(grouping: read.fixes, by: \.vehicle).mapValues { $0.map(\.sequence) }
    for (track, sequences) in counts {
      #expect(sequences == Array(0..<UInt32(sequences.count)))
      #expect(read.tracks.rowCount(of: track) == sequences.count)
    }
  }

  @Test func `the first row of a recorded file is read to the digit`() throws {
    let read = try ReadTracks(InputFile(path: SharedData.path("tracks/bus_dc_wmata_sparse.csv.gz")))
    let fix = try #require(read.fixes.first)
    #expect(read.tracks[fix.vehicle].trackID == "20260216-1041")
    #expect(read.tracks[fix.vehicle].vehicleID == "1041")
    #expect(fix.time == 1_771_272_437_000)
    #expect(fix.coordinate == Coordinate(latitude: 38.91912078857422, longitude: -77.0416488647461))
    #expect(fix.speed == 5.486400127410889)
    #expect(fix.course == 14)
    #expect(fix.altitude == nil)
    #expect(fix.accuracy == nil)
    #expect(fix.received == nil)
  }
}
