import TriplineCore

/// Reads tracks from GPX 1.0 and 1.1, an element at a time.
struct GPXTrackReader: ~Copyable {
  private let input: InputFile
  private var xml: XMLReader
  private var decoder: GPXDecoder
  private var isAtEnd = false

  var report: ReadReport { decoder.report }

  init(_ source: consuming ByteSource, input: InputFile) {
    self.input = input
    xml = XMLReader(source, file: input.name)
    decoder = GPXDecoder(input)
  }

  /// Appends fixes until there are `limit` more, or until the end; returns whether any was appended.
  mutating func read(into batch: inout [Fix], limit: Int, tracks: inout TrackTable) throws(FormatError) -> Bool {
    let start = batch.count
    while !isAtEnd, batch.count < start + limit {
      let token: XMLReader.Token
      do throws(FormatError) {
        token = try xml.next()
      } catch {
        isAtEnd = true
        let isPartial = error.code == .truncated || error.code == .corrupt || error.code == .malformedDocument
        guard isPartial else { throw error }
        decoder.end(with: error)
        break
      }
      switch token {
      case .start:
        do throws(FormatError) {
          try decoder.start(xml)
        } catch {
          isAtEnd = true
          throw error
        }
      case .text:
        decoder.text(xml)
      case .end:
        if let fix = decoder.end(&tracks) { batch.append(fix) }
      case .endOfDocument:
        isAtEnd = true
        decoder.end(with: nil)
      }
    }
    return batch.count > start
  }
}
