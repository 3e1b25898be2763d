import Testing
import TriplineCore

@Suite struct ProjectionErrorTests {
  @Test func `an unknown system is named`() {
    let error = #expect(throws: ProjectionError.self) { _ = try Projection(from: "EPSG:4326", to: "EPSG:999999") }
    #expect(error?.code == .unknownSystem)
    #expect(error?.description.contains("EPSG:999999") == true)
  }

  @Test func `a coordinate outside the projection is named, the others are transformed`() throws {
    let projection = try Projection(operation: "+proj=gnom +lat_0=90 +ellps=WGS84")
    var points = [
      Projection.Point(x: 0, y: 80), Projection.Point(x: 12.5, y: -41.25), Projection.Point(x: 10, y: 70),
    ]
    var caught: ProjectionError?
    do throws(ProjectionError) { try projection.transform(&points) } catch { caught = error }
    #expect(caught?.code == .outsideDomain)
    #expect(caught?.description.contains("12.5") == true && caught?.description.contains("-41.25") == true)
    #expect(points[0].y.isFinite && points[2].y.isFinite)
    var named: ProjectionError?
    do throws(ProjectionError) {
      _ = try projection.project(Coordinate(latitude: -41.25, longitude: 12.5))
    } catch { named = error }
    #expect(named?.description.contains("latitude -41.25, longitude 12.5") == true)
  }

  @Test func `one degree of the equator in UTM 33`() throws {
    let projection = try Projection(from: "EPSG:4326", to: "EPSG:32633")
    let point = try projection.project(Coordinate(latitude: 52, longitude: 15))
    #expect(abs(point.x - 500_000) < 1e-6 && abs(point.y - 5_761_038.21) < 0.01)
  }
}
