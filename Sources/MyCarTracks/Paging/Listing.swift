import TriplineJSON

/// A list of the API, read page by page as it is iterated over.
///
/// Each element comes once, also where a page overlaps the one before because something was added meanwhile. A row that cannot
/// be read is left out and counted in `MyCarTracksClient.skippedRows`.
public struct Listing<Element: Resource>: AsyncSequence, Sendable {
  /// Reads the list.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let listing: Listing
    fileprivate var pages: PageMachine
    fileprivate var waiting: ArraySlice<Element> = []
    fileprivate var seen: Set<ResourceID> = []

    /// The next element, or `nil` at the end.
    ///
    /// - Throws: `MyCarTracksError` and `CancellationError`.
    public mutating func next() async throws -> Element? {
      while true {
        if let element = waiting.popFirst() {
          if let id = element.resourceID, !seen.insert(id).inserted { continue }
          return element
        }
        guard let page = pages.next else { return nil }
        let (elements, rows): ([Element], Int)
        do {
          (elements, rows) = try await listing.read(page)
        } catch let error as MyCarTracksError where error.code == .deadlineExceeded && pages.shrink() {
          continue
        }
        pages.received(rows: rows)
        listing.client.notePages(of: listing.name, largest: pages.largestPage, cap: pages.cap)
        waiting = elements[...]
      }
    }
  }

  fileprivate let client: MyCarTracksClient
  /// The endpoint, without ids.
  fileprivate let name: String
  private let path: String
  private let query: [(name: String, value: String)]
  private let limit: Int
  private let priority: RequestPriority
  private let decode: @Sendable (Row) -> Element?

  init(
    _ client: MyCarTracksClient, name: String, path: String, query: [(name: String, value: String)] = [], limit: Int,
    priority: RequestPriority
  ) where Element: DecodableResource {
    self.client = client
    self.name = name
    self.path = path
    self.query = query
    self.limit = limit
    self.priority = priority
    decode = { Element($0) }
  }

  /// Starts at the first element.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(listing: self, pages: PageMachine(limit: limit, largestPage: client.largestPage(of: name)))
  }

  /// All elements.
  ///
  /// - Throws: `MyCarTracksError` and `CancellationError`.
  public func all() async throws -> [Element] {
    var elements: [Element] = []
    for try await element in self { elements.append(element) }
    return elements
  }

  private func read(_ page: PageMachine.Page) async throws -> (elements: [Element], rows: Int) {
    let request = APIRequest(
      path: path, query: query + [("offset", "\(page.offset)"), ("limit", "\(page.limit)")], priority: priority)
    let rows = try JSONText.rows(try await client.answer(to: request))
    let elements = rows.compactMap { Row($0).flatMap(decode) }
    client.noteSkipped(rows.count - elements.count, of: name)
    return (elements, rows.count)
  }
}
