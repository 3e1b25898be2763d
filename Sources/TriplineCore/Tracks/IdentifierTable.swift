/// Gives each string id a dense 32-bit index in the order of first appearance; those of ids that have been removed are
/// given out again.
///
/// The engine works on indices alone; strings live here, once each.
public struct IdentifierTable: Sendable {
  /// The ids, by index; that of a removed one is empty until its index is given out again.
  public private(set) var ids: [String] = []
  private var indices: [String: UInt32] = [:]
  /// Indices of removed ids, the last of which is given out next.
  private var free: [UInt32] = []

  /// Creates an empty table.
  public init() {}

  /// The number of indices given out, those of removed ids included.
  public var count: Int { ids.count }

  /// The id at `index`.
  ///
  /// - Precondition: `index` came from this table.
  public subscript(index: UInt32) -> String { ids[Int(index)] }

  /// Makes room for so many ids.
  mutating func reserve(_ count: Int) {
    ids.reserveCapacity(count)
    indices.reserveCapacity(count)
  }

  /// The index of `id`, or `nil` where the table does not have it.
  public func index(of id: String) -> UInt32? { indices[id] }

  /// The index of `id`, which is added where the table does not have it yet.
  ///
  /// - Complexity: O(1) amortised, in the length of the id.
  public mutating func insert(_ id: String) -> UInt32 {
    if let index = indices[id] { return index }
    if let index = free.popLast() {
      ids[Int(index)] = id
      indices[id] = index
      return index
    }
    let index = UInt32(ids.count)
    ids.append(id)
    indices[id] = index
    return index
  }

  /// Forgets an id, so that vehicles that come and go take no more memory than are there at once: first the engine is told
  /// that its track is over (`Engine.finish`), since its index is another's then.
  ///
  /// - Returns: the index it had, or `nil` where the table does not have it.
  @discardableResult
  public mutating func remove(_ id: String) -> UInt32? {
    guard let index = indices.removeValue(forKey: id) else { return nil }
    ids[Int(index)] = ""
    free.append(index)
    return index
  }
}
