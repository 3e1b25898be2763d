import Glibc

extension InputFile {
  /// Opens the file and closes it again, so that nothing is written where nothing can be read. Standard input and pipes are left alone.
  ///
  /// - Throws: `unreadableFile`.
  public func checkOpens() throws(FormatError) {
    guard case .path(let path) = origin else { return }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { return }
    _ = try OpenFile(self)
  }
}
