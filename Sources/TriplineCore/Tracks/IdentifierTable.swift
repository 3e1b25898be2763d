/// Gives each string id a dense 32-bit index in the order of first appearance.
///
/// The engine works on indices alone; strings live here, once each.
public struct IdentifierTable: Sendable {
  /// The ids, by index.
  public private(set) var ids: [String] = []
  private var indices: [String: UInt32] = [:]

  /// Creates an empty table.
  public init() {}

  /// The number of ids.
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
    let index = UInt32(ids.count)
    ids.append(id)
    indices[id] = index
    return index
  }
}
