/// Text in columns, for people.
struct TableText {
  private let widths: [Int]

  /// Columns of at least these widths; the last one may be of any length.
  init(widths: [Int]) { self.widths = widths }

  /// One line, without spaces at its end.
  func line(_ cells: [String]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      text += cell
      guard index + 1 < cells.count else { break }
      text += String(repeating: " ", count: max(0, widths[index] - cell.count) + 2)
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }
}
