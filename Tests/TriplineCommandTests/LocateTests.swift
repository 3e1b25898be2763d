import Foundation
import Testing
import TriplineTesting

/// `tripline fences locate` against locations that were confirmed with exact rational arithmetic.
@Suite struct LocateTests {
  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [("ne_50m_countries", ["--fence-id", "adm0_a3"]), ("nyc_boroughs", []), ("us_counties", [])])
  func `every probe point lies where the reference says`(fences: String, options: [String]) throws {
    let probes = try SharedData.path("reference/probe_\(fences).csv.gz")
    let run = try Command(
      ["fences", "locate", "--fences", SharedData.path("fences/\(fences).geojson.gz"), probes, "-o", "csv"] + options)
    #expect(run.status == 0, "\(run.messages)")
    let answers = Dictionary(
      uniqueKeysWithValues: run.lines.dropFirst().map { line in
        let comma = line.lastIndex(of: ",") ?? line.endIndex
        return (String(line[..<comma]), String(line[comma...].dropFirst()))
      })
    let rows = String(decoding: try gzip("-d", probes), as: UTF8.self).split(separator: "\n").dropFirst()
    #expect(rows.count > 1000)
    var differences: [String] = []
    for (number, row) in rows.enumerated() {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      // The reference is of the plane; on Earth -180.001 is 179.999.
      guard abs(try #require(Double(fields[1]))) <= 180 else { continue }
      let answer = answers["\(number),\(fields[0])"] ?? "exterior"
      if answer != fields[4] { differences.append("row \(number): \(answer), not \(row)") }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
  }

  @Test func `a point in a hole, in a circle, on an edge and nowhere`() throws {
    let points = """
      lat,lon
      52.1,5.1
      52.100539,5.09905
      52.088315,5.162820
      0,0
      """
    let run = try Command(
      ["fences", "locate", "--fences", fixture("depots.geojson")], content: points, named: "points.csv")
    #expect(run.status == 0)
    #expect(run.text == "row,fence_id,location\n0,depot,interior\n2,clinic,interior\n")
  }
}
