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

  private var limit: Int
  private var offset = 0
  /// The most rows that the server has given at once, in this list or one before.
  private(set) var largestPage: Int
  private var isAtEnd = false
  private var lastShort: Int?
  /// The rows of a page that was shorter than asked for, though more followed.
  private(set) var cap: Int?

  /// Starts at the first row. `largestPage` is what this server has given at once before.
  init(limit: Int, largestPage: Int = 0) {
    self.limit = limit
    self.largestPage = largestPage
  }

  /// The page to ask for next, or `nil` behind the last one.
  var next: Page? { isAtEnd ? nil : Page(offset: offset, limit: limit) }

  /// The page did not come in time: from here on less is asked for at once. Returns `false` where that is little already.
  mutating func shrink() -> Bool {
    guard limit > 1000 else { return false }
    limit = max(1000, limit / 8)
    return true
  }

  /// The page has come, with so many rows, good and bad ones.
  mutating func received(rows: Int) {
    offset += rows
    if rows > 0, let lastShort { cap = max(cap ?? 0, lastShort) }
    lastShort = rows < limit ? rows : nil
    isAtEnd = rows == 0 || rows < min(limit, largestPage)
    largestPage = max(largestPage, rows)
  }
}
