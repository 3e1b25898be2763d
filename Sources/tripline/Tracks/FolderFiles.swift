import Foundation

/// Files that are named one by one, or by the folder they are in.
enum FolderFiles {
  /// The files that are named, and those of folders in the order of their names; of a folder that has one of its own for
  /// tracks, those in that.
  static func files(_ names: [String]) -> [String] {
    names.flatMap { name -> [String] in
      guard isFolder(name) else { return [name] }
      let folder = isFolder(name + "/tracks") ? name + "/tracks" : name
      let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return found.filter { !$0.hasPrefix(".") }.sorted().map { folder + "/" + $0 }
    }
  }

  private static func isFolder(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) && isFolder.boolValue
  }
}
