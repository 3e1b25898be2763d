import Glibc

/// Where bytes come from: a file, standard input, or memory; plain or gzip, which is recognised by its content.
public struct InputFile: Sendable, Hashable {
  enum Origin: Sendable, Hashable {
    case path(String)
    case standardInput
    case bytes([UInt8])
  }

  /// The name messages use.
  public let name: String
  let origin: Origin
  /// The size as it is stored, in bytes; `nil` where it is not known, as of standard input.
  public var storedSize: Int? {
    switch origin {
    case .bytes(let bytes): return bytes.count
    case .standardInput: return nil
    case .path(let path):
      var status = stat()
      guard stat(path, &status) == 0, status.st_size > 0 else { return nil }
      return Int(status.st_size)
    }
  }

  /// The last part of the name without its extensions: `van-1` of `logs/van-1.csv.gz`.
  public let stem: String
  /// The extension in lower case, without a `gz` at the end: `csv` of `van-1.csv.gz`; empty where there is none.
  let formatExtension: String

  /// A file by its path; `-` is standard input. Nothing is opened yet.
  public init(path: String) {
    if path == "-" {
      self.init(name: "standard input", origin: .standardInput)
    } else {
      self.init(name: path, origin: .path(path))
    }
  }

  /// Bytes in memory, with the name that messages use and whose extension tells the format.
  public init(bytes: [UInt8], name: String) {
    self.init(name: name, origin: .bytes(bytes))
  }

  private init(name: String, origin: Origin) {
    self.name = name
    self.origin = origin
    var file = name.split(separator: "/").last ?? name[...]
    if file.lowercased().hasSuffix(".gz") { file = file.dropLast(3) }
    if let dot = file.lastIndex(of: "."), dot > file.startIndex {
      stem = String(file[..<dot])
      formatExtension = file[file.index(after: dot)...].lowercased()
    } else {
      stem = String(file)
      formatExtension = ""
    }
  }
}
