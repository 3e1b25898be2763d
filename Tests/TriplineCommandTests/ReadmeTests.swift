import Foundation
import Testing

/// What the README shows is what there is.
@Suite struct ReadmeTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: fixture("../\(path)"), encoding: .utf8)
  }

  @Test func `the example in the README is the one compiled here`() throws {
    let readme = try Self.text("README.md")
    let example = try Self.text("Tests/TriplineCommandTests/ReadmeExample.swift")
    let block = try #require(readme.firstRange(of: "```swift\n"))
    #expect(readme[block.upperBound...].hasPrefix(example + "```\n"))
  }

  @Test func `the example finds the visits of the van`() throws {
    let visits = try visits(of: fixture("van-delivery-round.csv"), in: fixture("depots.geojson"))
    #expect(visits.count == 6)
    #expect(visits.first == "van-1 was in depot for 428 s")
  }

  @Test func `the module table names the modules that exist`() throws {
    let readme = try Self.text("README.md")
    let modules = try FileManager.default.contentsOfDirectory(atPath: fixture("../Sources"))
    #expect(modules.count >= 5)
    for module in modules { #expect(readme.contains("| `\(module)` |"), "\(module)") }
  }
}
