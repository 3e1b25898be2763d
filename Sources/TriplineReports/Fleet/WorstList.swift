/// The so many worst of all that were added, in memory that does not grow.
struct WorstList<Element: Sendable>: Sendable {
  private let limit: Int
  private(set) var elements: [(badness: Double, element: Element)] = []
  /// How many were added.
  private(set) var count = 0

  init(limit: Int) { self.limit = limit }

  /// Adds an element; among equally bad ones the earlier stays.
  mutating func add(_ element: Element, badness: Double) {
    count += 1
    if elements.count == limit, let last = elements.last, badness <= last.badness { return }
    let place = elements.firstIndex { $0.badness < badness } ?? elements.count
    elements.insert((badness, element), at: place)
    if elements.count > limit { elements.removeLast() }
  }
}
