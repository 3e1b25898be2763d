import CExpat
import Glibc
import TriplineCore

/// Pushes a GPX document through expat, piece by piece, and collects the fixes of its track points.
///
/// Elements are told by their names without prefix, so that a document whose prefixes are not declared is read too.
/// expat includes nothing from outside of the document, and breaks off where entities grow beyond reason.
final class GPXParser {
  /// The longest tag or comment that is read, in bytes: expat holds it in memory until it ends.
  static let maximumLength = 1 << 20

  private let parser: XML_Parser
  private let file: String
  private var decoder: GPXDecoder
  /// The tracks that points are added to.
  private var tracks = TrackTable()
  /// The fixes collected so far.
  private var fixes: [Fix] = []
  private var length = 0
  private var foreignRoot: FormatError?
  private var isInside = false

  var report: ReadReport { decoder.report }

  /// - Throws: `unreadableFile` where there is no memory.
  init(_ input: InputFile) throws(FormatError) {
    guard let parser = XML_ParserCreate(nil) else {
      throw FormatError(.unreadableFile, "there is no memory to read XML.", at: .init(file: input.name))
    }
    self.parser = parser
    file = input.name
    decoder = GPXDecoder(input)
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, attributes in
        guard let context, let name, let attributes else { return }
        Unmanaged<GPXParser>.fromOpaque(context).takeUnretainedValue().start(name, attributes)
      },
      { context, _ in
        guard let context else { return }
        Unmanaged<GPXParser>.fromOpaque(context).takeUnretainedValue().end()
      })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context, let text else { return }
      Unmanaged<GPXParser>.fromOpaque(context).takeUnretainedValue().text(text, Int(count))
    }
    XML_SetUnknownEncodingHandler(parser, { _, name, table in SingleByteEncoding.fill(table, name) }, nil)
  }

  deinit { XML_ParserFree(parser) }

  /// Reads the next piece of the document; an empty one says that it is complete.
  ///
  /// - Throws: `unsupportedFormat` where it is XML of another kind, and `malformedDocument` with the line.
  func parse(_ piece: UnsafeRawBufferPointer) throws(FormatError) {
    length += piece.count
    let status = XML_Parse(
      parser, piece.assumingMemoryBound(to: CChar.self).baseAddress, Int32(piece.count), piece.isEmpty ? 1 : 0)
    if let foreignRoot { throw foreignRoot }
    guard status == XML_STATUS_OK else {
      let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "it is not XML"
      throw failure(reason)
    }
    let position = XML_GetCurrentByteIndex(parser)
    guard position < 0 || length - position <= Self.maximumLength else {
      throw failure("a tag or comment is longer than 1 MiB")
    }
  }

  /// Exchanges the tracks and the fixes for the owner's: before it works, and after.
  func exchange(_ otherTracks: inout TrackTable, _ otherFixes: inout [Fix]) {
    swap(&tracks, &otherTracks)
    swap(&fixes, &otherFixes)
  }

  /// The end of the document, or of what can be read of it.
  func finish(with failure: FormatError?) { decoder.end(with: failure) }

  private var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

  private func failure(_ reason: String) -> FormatError {
    FormatError(
      .malformedDocument,
      "the XML is broken here: \(reason); what came before was read. Repair the file, or export it again.",
      at: .init(file: file, line: line))
  }

  private func start(_ name: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>) {
    let name = Self.local(name)
    let element = GPXElement(name.span)
    if !isInside, element != .gpx {
      let found = ByteText.repaired(name.span, name.indices.prefix(40))
      foreignRoot = FormatError(
        .unsupportedFormat, "is XML but not GPX: it starts with <\(found)>. Convert it to GPX or CSV.",
        at: .init(file: file, line: line))
      XML_StopParser(parser, 0)
      return
    }
    isInside = true
    guard element == .trkpt else { return decoder.start(element, latitude: nil, longitude: nil, line: 0) }
    var (latitude, longitude): (Double?, Double?)
    var index = 0
    while let key = attributes[index], let value = attributes[index + 1] {
      let isLatitude = strcmp(key, "lat") == 0
      if isLatitude || strcmp(key, "lon") == 0 {
        let text = Self.bytes(value)
        let number = DecimalNumber.parse(text.span, text.indices)
        if isLatitude { latitude = number } else { longitude = number }
      }
      index += 2
    }
    decoder.start(element, latitude: latitude, longitude: longitude, line: line)
  }

  private func text(_ start: UnsafePointer<CChar>, _ count: Int) {
    decoder.text(UnsafeRawBufferPointer(start: start, count: count).assumingMemoryBound(to: UInt8.self).span)
  }

  private func end() {
    if let fix = decoder.end(&tracks) { fixes.append(fix) }
  }

  /// The name after its prefix.
  private static func local(_ name: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    let start = strrchr(name, Int32(UInt8(ascii: ":"))).map { UnsafePointer($0 + 1) } ?? name
    return bytes(start)
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(start: text, count: strlen(text)).assumingMemoryBound(to: UInt8.self)
  }
}
