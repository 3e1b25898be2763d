extension InputFile {
  /// Opens the file and closes it again, so that nothing is written where nothing can be read. Standard input is left alone.
  ///
  /// - Throws: `unreadableFile`.
  public func checkOpens() throws(FormatError) {
    guard case .path = origin else { return }
    _ = try OpenFile(self)
  }
}
