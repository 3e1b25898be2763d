/// What somebody may have meant who has written a name that there is not.
package enum NearestName {
  /// The name that takes the fewest changes of a letter: two at most, and in fewer than half of its letters; `nil` where
  /// none is so near.
  package static func of(_ text: String, among names: some Sequence<String>) -> String? {
    let letters = Array(text.lowercased())
    // Of many most are too long or too short.
    let near = names.lazy.filter { abs($0.count - letters.count) <= 2 }
    let nearest = near.map { (changes: changes(letters, Array($0.lowercased())), name: $0) }
      .min { ($0.changes, $0.name) < ($1.changes, $1.name) }
    guard let nearest, nearest.changes <= 2, 2 * nearest.changes < nearest.name.count else { return nil }
    return nearest.name
  }

  /// The end of a message that names it, or nothing.
  static func hint(_ text: String, among names: some Sequence<String>) -> String {
    of(text, among: names).map { "; \($0) may be meant" } ?? ""
  }

  /// How many letters have to be put in, taken out, replaced or swapped with the next one.
  private static func changes(_ one: [Character], _ other: [Character]) -> Int {
    var rows = [Array(0...other.count)]
    for (row, letter) in one.enumerated() {
      var line = [row + 1]
      for (column, counterpart) in other.enumerated() {
        let replaced = rows[row][column] + (letter == counterpart ? 0 : 1)
        var least = min(replaced, rows[row][column + 1] + 1, line[column] + 1)
        if row > 0, column > 0, letter == other[column - 1], one[row - 1] == counterpart {
          least = min(least, rows[row - 1][column - 1] + 1)
        }
        line.append(least)
      }
      rows.append(line)
    }
    return rows[one.count][other.count]
  }
}
