/// Which edges of which items lie in which cell of a block, while the grid is built.
struct CellLists {
  struct Entry: BitwiseCopyable {
    var cell: UInt32
    var item: UInt32
    /// An edge, or one of the two marks for circles.
    var edge: UInt32
  }

  static let cutByCircle: UInt32 = .max - 1
  static let insideCircle: UInt32 = .max

  private var entries: [Entry] = []
  private var edges: [UInt32] = []
  private var starts: [UInt32]

  init(cellCount: Int) { starts = Array(repeating: 0, count: cellCount + 1) }

  mutating func append(cell: Int, item: Int, edge: UInt32) {
    entries.append(Entry(cell: UInt32(cell), item: UInt32(item), edge: edge))
    starts[cell + 1] += 1
  }

  /// Sorts by cell and keeps the order of items and edges inside each.
  mutating func sort() {
    for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
    var next = starts
    var sorted = Array(repeating: Entry(cell: 0, item: 0, edge: 0), count: entries.count)
    for entry in entries {
      sorted[Int(next[Int(entry.cell)])] = entry
      next[Int(entry.cell)] += 1
    }
    entries = sorted
    edges = sorted.map(\.edge)
  }

  func entries(of cell: Int) -> ArraySlice<Entry> {
    entries[Int(starts[cell])..<Int(starts[cell + 1])]
  }

  /// The edges of one item in a cell.
  ///
  /// - Complexity: O(log *n*) in the entries of the cell.
  func edges(of cell: Int, item: Int) -> ArraySlice<UInt32> {
    let all = entries(of: cell)
    func firstIndex(atLeast wanted: Int) -> Int {
      var low = all.startIndex
      var high = all.endIndex
      while low < high {
        let middle = (low + high) / 2
        if all[middle].item < wanted { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let first = firstIndex(atLeast: item)
    return edges[first..<firstIndex(atLeast: item + 1)]
  }
}
