public import TriplineCore
public import TriplineFormats

/// The files of fences as sets that rules choose by name: each fence has the set of its file as a tag.
public enum FenceSets {
  private static let prefix = "set:"

  /// The tag of a set.
  static func tag(_ set: String) -> String { prefix + set }

  /// The set that a tag stands for; `nil` for a tag that somebody has given.
  static func name(ofTag tag: String) -> String? {
    tag.hasPrefix(prefix) ? String(tag.dropFirst(prefix.count)) : nil
  }

  /// What has been read of files of fences, each fence with the set of its file: the name of the file without what follows the first
  /// full stop.
  public static func fences(of result: FenceReader.Result) -> [Fence] {
    zip(result.fences, result.places).map { fence, place in
      var fence = fence
      fence.tags.insert(tag(name(ofFile: place.file)))
      return fence
    }
  }

  private static func name(ofFile path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.split(separator: ".").first ?? "")
  }
}
