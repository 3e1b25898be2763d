import CExpat
import Glibc

/// What a document's elements are told to, in their order. Names are without prefix, so that a document whose prefixes
/// are not declared is read too.
protocol XMLElementHandler: AnyObject {
  /// An element begins. The name and the attributes last for the call.
  func start(_ name: UnsafeBufferPointer<UInt8>, _ attributes: XMLAttributes)
  /// A piece of text.
  func text(_ bytes: Span<UInt8>)
  /// The element that began last ends.
  func end()
}

/// The attributes of an element.
struct XMLAttributes {
  private let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>

  fileprivate init(_ pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>) { self.pairs = pairs }

  /// The bytes of the attribute with a name.
  subscript(name: StaticString) -> UnsafeBufferPointer<UInt8>? {
    var index = 0
    while let key = pairs[index], let value = pairs[index + 1] {
      if strcmp(key, name.utf8Start) == 0 { return XMLPushParser.bytes(value) }
      index += 2
    }
    return nil
  }
}

/// Pushes an XML document through expat, piece by piece.
///
/// expat includes nothing from outside of the document, and breaks off where entities grow beyond reason.
final class XMLPushParser {
  /// The longest tag or comment that is read, in bytes: expat holds it in memory until it ends.
  static let maximumLength = 1 << 20

  private let parser: XML_Parser
  private let file: String
  private unowned let handler: any XMLElementHandler
  private var length = 0
  private var refusal: FormatError?

  /// - Throws: `unreadableFile` where there is no memory.
  init(file: String, handler: any XMLElementHandler) throws(FormatError) {
    guard let parser = XML_ParserCreate(nil) else {
      throw FormatError(.unreadableFile, "there is no memory to read XML.", at: .init(file: file))
    }
    self.parser = parser
    self.file = file
    self.handler = handler
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, attributes in
        guard let context, let name, let attributes else { return }
        Unmanaged<XMLPushParser>.fromOpaque(context).takeUnretainedValue().handler.start(
          XMLPushParser.local(name), XMLAttributes(attributes))
      },
      { context, _ in
        guard let context else { return }
        Unmanaged<XMLPushParser>.fromOpaque(context).takeUnretainedValue().handler.end()
      })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context, let text else { return }
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count)).assumingMemoryBound(to: UInt8.self)
      Unmanaged<XMLPushParser>.fromOpaque(context).takeUnretainedValue().handler.text(bytes.span)
    }
    XML_SetUnknownEncodingHandler(parser, { _, name, table in SingleByteEncoding.fill(table, name) }, nil)
  }

  deinit { XML_ParserFree(parser) }

  /// The line that is being read.
  var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

  /// Reads the next piece of the document; an empty one says that it is complete.
  ///
  /// - Throws: what `refuse` was given, and `malformedDocument` with the line.
  func parse(_ piece: UnsafeRawBufferPointer) throws(FormatError) {
    length += piece.count
    let status = XML_Parse(
      parser, piece.assumingMemoryBound(to: CChar.self).baseAddress, Int32(piece.count), piece.isEmpty ? 1 : 0)
    if let refusal { throw refusal }
    guard status == XML_STATUS_OK else {
      let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "it is not XML"
      throw failure(reason)
    }
    let position = XML_GetCurrentByteIndex(parser)
    guard position < 0 || length - position <= Self.maximumLength else {
      throw failure("a tag or comment is longer than 1 MiB")
    }
  }

  /// Reads no further: the document is of another kind than the one wanted, and starts with an element of this name.
  func refuse(_ kind: String, root name: UnsafeBufferPointer<UInt8>, advice: String) {
    let found = ByteText.repaired(name.span, name.indices.prefix(40))
    refusal = FormatError(
      .unsupportedFormat, "is XML but not \(kind): it starts with <\(found)>. \(advice)",
      at: .init(file: file, line: line))
    XML_StopParser(parser, 0)
  }

  private func failure(_ reason: String) -> FormatError {
    FormatError(
      .malformedDocument,
      "the XML is broken here: \(reason); what came before was read. Repair the file, or export it again.",
      at: .init(file: file, line: line))
  }

  /// The name after its prefix.
  private static func local(_ name: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    let start = strrchr(name, Int32(UInt8(ascii: ":"))).map { UnsafePointer($0 + 1) } ?? name
    return bytes(start)
  }

  fileprivate static func bytes(_ text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
    UnsafeRawBufferPointer(start: text, count: strlen(text)).assumingMemoryBound(to: UInt8.self)
  }
}
