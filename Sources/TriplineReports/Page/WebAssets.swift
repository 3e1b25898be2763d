import Foundation
import Mustache
import TriplineFormats

/// What pages are made of besides their data: templates, styles, scripts and the libraries of other people, in a folder
/// beside the program.
struct WebAssets {
  private let folder: URL

  /// Finds the folder.
  ///
  /// - Throws: `unreadableFile` where it is not there.
  init() throws(FormatError) {
    let name = "tripline_TriplineReports.resources"
    // Links are followed: a link to the program in another folder does not take this one along.
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    let places = [program, Bundle.main.bundleURL].compactMap { $0?.appending(path: "\(name)/Web") }
    guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw FormatError(
        .unreadableFile,
        "is not beside the program. Copy it there from where the program was built: reports are made of it.",
        at: .init(file: name))
    }
    folder = found
  }

  /// The text of a file.
  ///
  /// - Throws: `unreadableFile`.
  func text(_ path: String) throws(FormatError) -> String {
    guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path) else {
      throw FormatError(
        .unreadableFile, "is missing. Copy the folder again from where the program was built.", at: .init(file: path))
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The countries of the Earth at 1:110 million, for what lies within their borders to be found.
  func countries() throws(FormatError) -> [MapShape] {
    let result = try FenceReader().read(
      InputFile(path: folder.appending(path: "vendor/natural-earth/countries.geojson").path))
    return result.fences.map { MapShape($0) }
  }

  /// The page of a template.
  ///
  /// - Throws: `unreadableFile` where a part is missing, and `tooLarge` above a megabyte.
  /// - Parameters:
  ///   - template: the name of the template, which is that of its script, too.
  ///   - content: what the template shows.
  ///   - data: what the script draws.
  func page(_ template: String, _ content: Any, data: some Encodable) throws(FormatError) -> String {
    var library = MustacheLibrary()
    for name in [template, "head", "foot"] {
      let text = try text("\(name).mustache")
      do {
        library.register(try MustacheTemplate(string: text), named: name)
      } catch {
        throw FormatError(.malformedDocument, "is no template: \(error)", at: .init(file: "\(name).mustache"))
      }
    }
    let parts = PageParts(
      content: content,
      styles: try ["vendor/leaflet/leaflet.css", "vendor/dygraphs/dygraph.min.css", "report.css"].map(text),
      scripts: try ["vendor/leaflet/leaflet.min.js", "vendor/dygraphs/dygraph.min.js", "map.js", "\(template).js"].map(
        text),
      data: try Self.script(data),
      licences: [
        try licence(of: "leaflet", "Leaflet %@, the map"), try licence(of: "dygraphs", "dygraphs %@, the chart"),
        try licence(of: "natural-earth", "Natural Earth, by geopandas %@, the borders of countries"),
      ])
    guard let page = library.render(parts, withTemplate: template) else {
      throw FormatError(.unreadableFile, "is missing. Copy the folder again.", at: .init(file: "\(template).mustache"))
    }
    guard page.utf8.count <= Self.largest else {
      throw FormatError(
        .tooLarge,
        "would have \(page.utf8.count) bytes, and is kept below a megabyte. Choose a part of the tracks with --from and --to.",
        at: .init(file: "the page"))
    }
    return page
  }

  /// Bytes that a page may have, so that it can be sent by mail.
  private static let largest = 1_000_000

  private func licence(of part: String, _ name: String) throws(FormatError) -> PageParts.Licence {
    let version = try text("vendor/\(part)/VERSION").split(whereSeparator: \.isNewline).first ?? ""
    return PageParts.Licence(
      name: name.replacing("%@", with: version), text: try text("vendor/\(part)/LICENSE"))
  }

  /// Data as JSON that may stand in a script element: nothing in it ends that.
  private static func script(_ data: some Encodable) throws(FormatError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    do {
      return String(decoding: try encoder.encode(data), as: UTF8.self).replacing("<", with: "\\u003c")
    } catch {
      throw FormatError(.badValue, "has a value that cannot be written: \(error)", at: .init(file: "the page"))
    }
  }
}

/// What a template is rendered with.
private struct PageParts {
  struct Licence {
    let name: String
    let text: String
  }

  let content: Any
  let styles: [String]
  let scripts: [String]
  let data: String
  let licences: [Licence]
}
