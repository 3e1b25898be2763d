import Synchronization

/// The ids and names of a set's fences by dense index: those it was built with, and those that came and went since.
struct FenceNames: Sendable {
  /// What sets that come of one another have in common.
  private final class Original: Sendable {
    let table: IdentifierTable
    let names: [String?]
    /// Held by who edits a set or one that came of it.
    let editing = Mutex(())

    init(table: IdentifierTable, names: [String?]) {
      self.table = table
      self.names = names
    }
  }

  private let original: Original
  private var addedIDs: [String] = []
  private var addedNames: [String?] = []
  private var addedIndices: [String: UInt32] = [:]
  private(set) var removed: Set<UInt32> = []

  init(table: IdentifierTable, names: [String?]) { original = Original(table: table, names: names) }

  /// Indices given out, those of removed fences included.
  var count: Int { original.table.count + addedIDs.count }

  /// All ids, those of removed fences included.
  var ids: [String] { addedIDs.isEmpty ? original.table.ids : original.table.ids + addedIDs }

  subscript(fence: UInt32) -> String {
    Int(fence) < original.table.count ? original.table[fence] : addedIDs[Int(fence) - original.table.count]
  }

  func name(of fence: UInt32) -> String? {
    Int(fence) < original.names.count ? original.names[Int(fence)] : addedNames[Int(fence) - original.names.count]
  }

  /// The index of a fence that is there.
  func index(of id: String) -> UInt32? {
    if let index = addedIndices[id] { return index }
    return original.table.index(of: id).flatMap { removed.contains($0) ? nil : $0 }
  }

  mutating func add(id: String, name: String?) {
    addedIndices[id] = UInt32(count)
    addedIDs.append(id)
    addedNames.append(name)
  }

  mutating func remove(_ fence: UInt32) {
    addedIndices[self[fence]] = nil
    removed.insert(fence)
  }

  /// Does something while nobody else edits the set or one that came of it.
  func editing<Result, Failure: Error>(_ body: () throws(Failure) -> sending Result) throws(Failure) -> sending Result {
    try original.editing.withLock { _ throws(Failure) in try body() }
  }
}
