import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@Suite struct PointReaderTests {
  private func read(_ input: InputFile) throws -> (points: [QueryPoint], report: ReadReport) {
    var reader = try PointReader(input)
    var points: [QueryPoint] = []
    while try reader.read(into: &points) {}
    return (points, reader.report)
  }

  @Test func `points come with the number of their row`() throws {
    let text = "id;Longitude;Latitude\n1;13.4;52.5\n2;x;52.5\n\n3;13.4\n4;-0.1;NaN\n"
    let (points, report) = try read(InputFile(bytes: Array(text.utf8), name: "p.csv"))
    #expect(points.map(\.row) == [0])
    #expect(points[0].coordinate == Coordinate(latitude: 52.5, longitude: 13.4))
    #expect(report.counts == [.malformedRow: 2, .outOfRange: 1])
    #expect(report.problems.map(\.place.line) == [3, 5, 6])
    #expect(report.rows == 4)
  }

  @Test func `heights are read where there are any`() throws {
    let text = "lat,lon,altitude\n52.5,13.4,120.5\n52.5,13.4,\n52.5,13.4,x\n"
    #expect(try read(InputFile(bytes: Array(text.utf8), name: "p.csv")).points.map(\.altitude) == [120.5, nil, nil])
  }

  @Test func `a file without positions is an error`() {
    let error = #expect(throws: FormatError.self) { try read(InputFile(bytes: Array("a,b\n".utf8), name: "p.csv")) }
    #expect(error?.code == .missingColumn)
  }

  @Test(.enabled(if: SharedData.isPresent))
  func `every row of the recorded probes is read`() throws {
    let (points, report) = try read(InputFile(path: SharedData.path("reference/probe_us_counties.csv.gz")))
    #expect(points.count == 3000)
    #expect(report.isClean, "\(report.problems)")
  }
}
