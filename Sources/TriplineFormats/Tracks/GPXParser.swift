import TriplineCore

/// Collects the fixes of a GPX document's track points.
final class GPXParser: XMLElementHandler {
  private var xml: XMLPushParser?
  private var decoder: GPXDecoder
  /// The tracks that points are added to.
  private var tracks = TrackTable()
  /// The fixes collected so far.
  private var fixes: [Fix] = []
  private var isInside = false

  var report: ReadReport { decoder.report }

  /// - Throws: `unreadableFile` where there is no memory.
  init(_ input: InputFile) throws(FormatError) {
    decoder = GPXDecoder(input)
    xml = try XMLPushParser(file: input.name, handler: self)
  }

  /// Reads the next piece of the document; an empty one says that it is complete.
  ///
  /// - Throws: `unsupportedFormat` where it is XML of another kind, and `malformedDocument` with the line.
  func parse(_ piece: UnsafeRawBufferPointer) throws(FormatError) { try xml?.parse(piece) }

  /// Exchanges the tracks and the fixes for the owner's: before it works, and after.
  func exchange(_ otherTracks: inout TrackTable, _ otherFixes: inout [Fix]) {
    swap(&tracks, &otherTracks)
    swap(&fixes, &otherFixes)
  }

  /// The end of the document, or of what can be read of it.
  func finish(with failure: FormatError?) { decoder.end(with: failure) }

  func start(_ name: UnsafeBufferPointer<UInt8>, _ attributes: XMLAttributes) {
    let element = GPXElement(name.span)
    if !isInside, element != .gpx {
      xml?.refuse("GPX", root: name, advice: "Convert it to GPX or CSV.")
      return
    }
    isInside = true
    guard element == .trkpt else { return decoder.start(element, latitude: nil, longitude: nil, line: 0) }
    func degrees(_ name: StaticString) -> Double? {
      attributes[name].flatMap { DecimalNumber.parse($0.span, $0.indices) }
    }
    decoder.start(element, latitude: degrees("lat"), longitude: degrees("lon"), line: xml?.line ?? 0)
  }

  func text(_ bytes: Span<UInt8>) { decoder.text(bytes) }

  func end() {
    if let fix = decoder.end(&tracks) { fixes.append(fix) }
  }
}
