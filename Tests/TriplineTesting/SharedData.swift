public import Foundation

/// The recorded tracks, real fences and reference results that lie beside the checkout, where they are present.
public enum SharedData {
  /// The folder, from `TRIPLINE_SHARED_DATA` or `../shared/data` beside the checkout; `nil` where it is absent.
  public static let root: URL? = {
    let configured = ProcessInfo.processInfo.environment["TRIPLINE_SHARED_DATA"]
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let url = configured.map { URL(fileURLWithPath: $0) } ?? checkout.appending(path: "../shared/data").standardized
    guard FileManager.default.fileExists(atPath: url.path) else {
      print("recorded data not found at \(url.path): the tests that need it are skipped")
      return nil
    }
    return url
  }()

  /// Whether the folder is there; the condition of every test that reads from it.
  public static var isPresent: Bool { root != nil }

  /// The path of a file in the folder.
  public static func path(_ relative: String) throws -> String {
    guard let root else { throw CocoaError(.fileNoSuchFile) }
    return root.appending(path: relative).path
  }
}
