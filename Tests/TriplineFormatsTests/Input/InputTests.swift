import Foundation
import Testing
import TriplineCore
import TriplineFormats

@Suite struct InputTests {
  private let rows = (0..<20_000).map { "a,2016-01-02T03:04:05Z,52.\($0),13\n" }.joined()
  private let header = "track_id,time,lat,lon\n"

  @Test func `a gzip file of several members and padding is read to the end`() throws {
    let bytes = gzip(header + "a,0,1,2\na,1,1") + gzip(",2\n") + gzip("a,2,1,2\n") + [0, 0, 0, 0]
    let read = try ReadTracks(bytes: bytes, name: "x.csv.gz")
    #expect(read.fixes.map(\.time) == [0, 1000, 2000])
    #expect(read.report.isClean, "\(read.problems)")
  }

  @Test func `gzip is recognised without its extension`() throws {
    #expect(try ReadTracks(bytes: gzip(header + "a,0,1,2\n"), name: "x").fixes.count == 1)
  }

  @Test(arguments: [20, 1000, 300_000, 500_000])
  func `truncated gzip gives every whole row before the end and one problem`(length: Int) throws {
    let text = header + rows
    let bytes = Array(gzip(text).prefix(length))
    guard length > 200 else {
      #expect(throws: FormatError.self) { try ReadTracks(bytes: bytes, name: "x.csv.gz") }
      return
    }
    let read = try ReadTracks(bytes: bytes, name: "x.csv.gz")
    let plain = length - 10 - 5 * (1 + (length - 10) / 65_540)
    let whole = Array(text.utf8).prefix(plain).count { $0 == 10 } - 1
    #expect(read.fixes.count == whole)
    #expect(read.report.counts == [.truncated: 1])
    #expect(read.problems.first?.hasPrefix("x.csv.gz: the gzip data ends in the middle") == true)
  }

  @Test func `gzip with a wrong checksum gives its rows and one problem`() throws {
    var bytes = gzip(header + "a,0,1,2\na,1,1,2\n")
    bytes[bytes.count - 8] ^= 1
    let read = try ReadTracks(bytes: bytes, name: "x.csv.gz")
    #expect(read.fixes.count == 2)
    #expect(read.report.counts == [.corrupt: 1])
  }

  @Test func `text after the end of gzip is one problem`() throws {
    let read = try ReadTracks(bytes: gzip(header + "a,0,1,2\n") + Array("hello".utf8), name: "x.csv.gz")
    #expect(read.fixes.count == 1)
    #expect(
      read.problems == [
        "x.csv.gz: bytes after the end of the gzip data are not gzip and were ignored. Remove them, or get the file again."
      ])
  }

  @Test func `a missing file is named with the reason`() {
    let error = #expect(throws: FormatError.self) { try ReadTracks(InputFile(path: "/nowhere/x.csv")) }
    #expect(error?.code == .unreadableFile)
    #expect(error?.description.hasPrefix("/nowhere/x.csv: cannot be opened: No such file") == true)
  }

  @Test func `a folder is not a file`() {
    let error = #expect(throws: FormatError.self) { try ReadTracks(InputFile(path: "/tmp"), format: .csv) }
    #expect(error?.code == .unreadableFile)
  }

  @Test(
    arguments: [
      ([0x50, 0x4B, 3, 4, 0, 0], "zip"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
      ([0x28, 0xB5, 0x2F, 0xFD, 0, 0], "zstd"), ([0x42, 0x5A, 0x68, 0x39, 0, 0], "bzip2"),
      ([0xFF, 0xFE, 0x61, 0], "UTF-16"),
    ] as [([UInt8], String)])
  func `foreign content is named`(bytes: [UInt8], name: String) {
    let error = #expect(throws: FormatError.self) { try ReadTracks(bytes: bytes, name: "x.csv") }
    #expect(error?.code == .unsupportedFormat)
    #expect(error?.message.contains(name) == true)
  }

  @Test func `a file on disk reads like bytes in memory`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try (header + rows).write(toFile: path, atomically: true, encoding: .utf8)
    let read = try ReadTracks(InputFile(path: path))
    #expect(read.fixes.map(\.latitude) == (0..<20_000).map { Double("52.\($0)") })
    #expect(read.report.isClean)
  }

  @Test func `a line longer than the limit is skipped and reported with its number`() throws {
    let long = String(repeating: "x", count: 3_000_000)
    let read = try ReadTracks(header + "a,0,1,2\n" + long + "\na,2,1,2\n")
    #expect(read.fixes.map(\.time) == [0, 2000])
    #expect(read.report.counts == [.lineTooLong: 1])
    #expect(read.report.problems.first?.place.line == 3)
  }

  @Test(arguments: ["drives/van-1.csv.gz", "van-1.csv", "/a.b/van-1.GPX.GZ", "van-1"])
  func `the stem is the name without folders and extensions`(name: String) {
    #expect(InputFile(bytes: [], name: name).stem == "van-1")
  }
}
