import Crypto

extension ReceiverSettings.Sink {
  /// The id of a sink: the same wherever it stands in the file, and another one where it leads elsewhere, so that what waits for
  /// one destination never goes to another.
  ///
  /// How a sink signs, from whom it writes and how long it waits does not matter. A second one with the same destination has `/2`
  /// behind it, and so on.
  ///
  /// - Parameters:
  ///   - kind: what it is.
  ///   - word: the name of its kind.
  ///   - receiver: the name of its receiver.
  ///   - others: the sinks of the receiver that stand before it.
  static func id(
    of kind: ReceiverSettings.Kind, _ word: String, receiver: String, besides others: [ReceiverSettings.Sink]
  ) -> String {
    let parts = destination(of: kind)
    let id = "\(receiver)/\(word)" + (parts.isEmpty ? "" : "/\(digest(parts))")
    let known = Set(others.map(\.id))
    var (unique, number) = (id, 2)
    while known.contains(unique) {
      unique = "\(id)/\(number)"
      number += 1
    }
    return unique
  }

  /// What tells a destination from all others of its kind, none of which is a secret; nothing where there is one only.
  private static func destination(of kind: ReceiverSettings.Kind) -> [String] {
    switch kind {
    case .standardOutput: []
    case .file(let path): [path]
    case .webhook(let webhook):
      switch webhook.address {
      case .url(let url): ["url", url]
      case .file(let path): ["url_file", path]
      }
    case .alertmanager(let url, _): [url]
    case .command(let words, _): words
    case .mail(let mail): mail.to.sorted()
    case .mqtt(let broker): [broker.host, "\(broker.port)", broker.topic]
    }
  }

  /// Eight hexadecimal digits of SHA-256 over the parts, each with its length before it.
  private static func digest(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts { hash.update(data: Array("\(part.utf8.count):\(part)".utf8)) }
    return hash.finalize().prefix(4).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
