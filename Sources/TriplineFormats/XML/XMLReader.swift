/// Gives the tags and texts of an XML document one after another, as ranges of one buffer.
///
/// Read is what documents of data consist of: elements, attributes, text, CDATA, the five named and the numeric
/// character references. Comments and processing instructions are skipped, a document type with declarations of its
/// own is refused, so that nothing can be included or expanded. Names lose their prefix. Foundation's parser is not
/// used since it cannot pause, and crashes at a processing instruction without data and at some leading zero bytes.
struct XMLReader: ~Copyable, Sendable {
  /// The longest tag or text that is given, in bytes.
  static let maximumLength = 1 << 20
  private static let maximumDepth = 256

  /// What came next.
  enum Token {
    /// A start tag: `name` and `attributes` are set, and an end tag follows, also of an empty element.
    case start
    /// An end tag: `name` is set.
    case end
    /// Text between tags: `text` is set.
    case text
    /// The end of a complete document.
    case endOfDocument
  }

  /// An attribute of a start tag.
  struct Attribute {
    var name: Range<Int>
    var value: Range<Int>
  }

  private let file: String
  private var window: ByteWindow
  /// Local name of the current tag in `buffer`.
  private(set) var name = 0..<0
  /// Attributes of the current start tag.
  private(set) var attributes: [Attribute] = []
  /// Current text in `buffer`.
  private(set) var text = 0..<0
  /// Whether the current text is CDATA, in which `&` means itself.
  private(set) var isLiteral = false
  /// 1-based line of the current token's start.
  private(set) var line = 1
  private var nextLine = 1
  /// Full names of the open elements, one after another, and where each starts.
  private var openNames: [UInt8] = []
  private var openStarts: [Int] = []
  private var endsNext = false
  private var sawRoot = false

  init(_ source: consuming ByteSource, file: String) {
    self.file = file
    window = ByteWindow(source)
  }

  /// The bytes the ranges point into, valid until the next token.
  var buffer: [UInt8] { window.bytes }

  /// Moves to the next token.
  ///
  /// - Throws: `malformedDocument` with the line, and what the source throws.
  mutating func next() throws(FormatError) -> Token {
    if endsNext {
      endsNext = false
      close()
      return .end
    }
    while true {
      line = nextLine
      if window.start == window.end { try window.extend() }
      guard window.count > 0 else {
        guard sawRoot, openStarts.isEmpty else { throw failure("it ends before its end") }
        return .endOfDocument
      }
      if window.bytes[window.start] != UInt8(ascii: "<") {
        if try takeText() { return .text }
      } else if let token = try takeMarkup() {
        return token
      }
    }
  }

  /// The problem at the current line.
  func failure(_ reason: String) -> FormatError {
    FormatError(
      .malformedDocument,
      "the XML is broken here: \(reason); what came before was read. Repair the file, or export it again.",
      at: .init(file: file, line: line))
  }

  /// Gives up the bytes before an index and counts their lines.
  private mutating func consume(to index: Int) {
    var position = window.start
    while let newline = window.firstIndex(of: 0x0A, from: position, before: index) {
      nextLine += 1
      position = newline + 1
    }
    window.advance(to: index)
  }

  /// Takes the text up to the next tag; returns whether it is worth giving.
  private mutating func takeText() throws(FormatError) -> Bool {
    var searched = 0
    while true {
      let found = window.firstIndex(of: UInt8(ascii: "<"), from: window.start + searched)
      if found == nil, !window.isComplete, window.count < Self.maximumLength {
        searched = window.count
        try window.extend()
        continue
      }
      text = window.start..<(found ?? window.end)
      isLiteral = false
      consume(to: text.upperBound)
      if openStarts.isEmpty {
        let isMark = text.lowerBound == 0 && window.bytes[text].starts(with: [0xEF, 0xBB, 0xBF])
        guard window.bytes[text].dropFirst(isMark && !sawRoot ? 3 : 0).allSatisfy(Self.isSpace) else {
          throw failure("there is text outside of the document")
        }
        return false
      }
      return true
    }
  }

  /// The index just after the next `terminator` at or after an offset from the window's start; reads on as needed.
  private mutating func find(_ terminator: StaticString, from offset: Int) throws(FormatError) -> Int {
    let last = terminator.utf8Start[terminator.utf8CodeUnitCount - 1]
    var searched = offset
    while true {
      while let found = window.firstIndex(of: last, from: window.start + searched) {
        let start = found + 1 - terminator.utf8CodeUnitCount
        if start >= window.start + offset, matches(terminator, at: start) { return found + 1 }
        searched = found + 1 - window.start
      }
      guard !window.isComplete else { throw failure("a tag or comment does not end") }
      guard window.count < Self.maximumLength else { throw failure("a tag or comment is longer than 1 MiB") }
      searched = max(window.count, offset)
      try window.extend()
    }
  }

  private func matches(_ word: StaticString, at index: Int) -> Bool {
    guard index + word.utf8CodeUnitCount <= window.end else { return false }
    for offset in 0..<word.utf8CodeUnitCount where window.bytes[index + offset] != word.utf8Start[offset] {
      return false
    }
    return true
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}

extension XMLReader {
  /// Takes a tag, or skips something else in angle brackets.
  private mutating func takeMarkup() throws(FormatError) -> Token? {
    while window.count < 9, !window.isComplete { try window.extend() }
    if matches("<?", at: window.start) {
      consume(to: try find("?>", from: 2))
      return nil
    }
    if matches("<!--", at: window.start) {
      consume(to: try find("-->", from: 4))
      return nil
    }
    if matches("<![CDATA[", at: window.start) {
      let end = try find("]]>", from: 9)
      guard !openStarts.isEmpty else { throw failure("there is text outside of the document") }
      text = window.start + 9..<end - 3
      isLiteral = true
      consume(to: end)
      return .text
    }
    if matches("<!", at: window.start) {
      let end = try find(">", from: 2)
      guard !sawRoot, !window.bytes[window.start..<end].contains(UInt8(ascii: "[")) else {
        throw failure("declarations are not read")
      }
      consume(to: end)
      return nil
    }
    let end = try findTagEnd()
    let tag = window.start + 1..<end - 1
    let token = window.bytes[window.start + 1] == UInt8(ascii: "/") ? try takeEnd(tag) : try takeStart(tag)
    consume(to: end)
    return token
  }

  /// The index just after the tag's `>`, which may also stand in quotes.
  private mutating func findTagEnd() throws(FormatError) -> Int {
    var offset = 1
    var quote: UInt8 = 0
    while true {
      while window.start + offset < window.end {
        let byte = window.bytes[window.start + offset]
        offset += 1
        if quote != 0 {
          if byte == quote { quote = 0 }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        } else if byte == UInt8(ascii: ">") {
          return window.start + offset
        } else if byte == UInt8(ascii: "<") {
          throw failure("a tag does not end")
        }
      }
      guard !window.isComplete else { throw failure("a tag does not end") }
      guard window.count < Self.maximumLength else { throw failure("a tag is longer than 1 MiB") }
      try window.extend()
    }
  }

  private mutating func takeEnd(_ tag: Range<Int>) throws(FormatError) -> Token {
    var full = tag.lowerBound + 1..<tag.upperBound
    while let last = full.last, Self.isSpace(window.bytes[last]) { full = full.lowerBound..<last }
    guard let start = openStarts.last, openNames[start...] == window.bytes[full][...] else {
      throw failure("an end tag does not match its start")
    }
    name = local(full)
    close()
    return .end
  }

  private mutating func close() {
    guard let start = openStarts.popLast() else { return }
    openNames.removeSubrange(start...)
  }

  private mutating func takeStart(_ tag: Range<Int>) throws(FormatError) -> Token {
    var end = tag.upperBound
    endsNext = tag.count > 1 && window.bytes[end - 1] == UInt8(ascii: "/")
    if endsNext { end -= 1 }
    var index = tag.lowerBound
    let full = takeName(&index, end)
    guard !full.isEmpty else { throw failure("a tag has no name") }
    guard !openStarts.isEmpty || !sawRoot else { throw failure("there is a second document in the file") }
    guard openStarts.count < Self.maximumDepth else { throw failure("elements are nested too deeply") }
    sawRoot = true
    attributes.removeAll(keepingCapacity: true)
    while true {
      skipSpace(&index, end)
      guard index < end else { break }
      let attribute = takeName(&index, end)
      skipSpace(&index, end)
      guard !attribute.isEmpty, index < end, window.bytes[index] == UInt8(ascii: "=") else {
        throw failure("an attribute has no value")
      }
      index += 1
      skipSpace(&index, end)
      guard index < end, let close = window.firstIndex(of: window.bytes[index], from: index + 1, before: end),
        window.bytes[index] == UInt8(ascii: "\"") || window.bytes[index] == UInt8(ascii: "'")
      else { throw failure("an attribute's value is not in quotes") }
      attributes.append(Attribute(name: local(attribute), value: index + 1..<close))
      index = close + 1
    }
    openStarts.append(openNames.count)
    openNames.append(contentsOf: window.bytes[full])
    name = local(full)
    return .start
  }

  private func takeName(_ index: inout Int, _ end: Int) -> Range<Int> {
    let start = index
    while index < end, !Self.isSpace(window.bytes[index]), window.bytes[index] != UInt8(ascii: "="),
      window.bytes[index] != UInt8(ascii: "<"), window.bytes[index] != UInt8(ascii: "/")
    {
      index += 1
    }
    return start..<index
  }

  private func skipSpace(_ index: inout Int, _ end: Int) {
    while index < end, Self.isSpace(window.bytes[index]) { index += 1 }
  }

  private func local(_ name: Range<Int>) -> Range<Int> {
    guard let colon = window.bytes[name].lastIndex(of: UInt8(ascii: ":")) else { return name }
    return colon + 1..<name.upperBound
  }
}
