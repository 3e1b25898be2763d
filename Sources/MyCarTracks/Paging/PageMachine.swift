/// Walks through a list page by page; knows no network.
///
/// A server may answer with fewer rows than asked for, without saying so (ASSUMED). A short page is therefore the last one
/// only where the server has been seen to give more rows at once, or where nothing at all is left.
struct PageMachine: Sendable {
  /// A page to ask for.
  struct Page: Sendable, Hashable {
    var offset: Int
    var limit: Int
  }

  private let limit: Int
  private var offset = 0
  /// The most rows that the server has given at once, in this list or one before.
  private(set) var largestPage: Int
  private var isAtEnd = false

  /// Starts at the first row. `largestPage` is what this server has given at once before.
  init(limit: Int, largestPage: Int = 0) {
    self.limit = limit
    self.largestPage = largestPage
  }

  /// The page to ask for next, or `nil` behind the last one.
  var next: Page? { isAtEnd ? nil : Page(offset: offset, limit: limit) }

  /// The page has come, with so many rows, good and bad ones.
  mutating func received(rows: Int) {
    offset += rows
    isAtEnd = rows == 0 || rows < min(limit, largestPage)
    largestPage = max(largestPage, rows)
  }
}
