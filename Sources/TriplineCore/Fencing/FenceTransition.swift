/// From one set of fences to another: what becomes of each fence.
struct FenceTransition: ~Copyable {
  let old: FenceSet
  let new: FenceSet
  private let expired: Set<String>
  /// For each old fence its index in the new set, or `gone`.
  private let indices: [UInt32]
  /// For each new fence whether there was one of its id.
  private let isKnown: [Bool]

  private static let gone = UInt32.max

  init(from old: FenceSet, to new: FenceSet, expired: Set<String>) {
    self.old = old
    self.new = new
    self.expired = expired
    var isKnown = Array(repeating: false, count: new.count)
    indices = old.ids.map { id in
      guard let index = new.index(of: id) else { return FenceTransition.gone }
      isKnown[Int(index)] = true
      return index
    }
    self.isKnown = isKnown
  }

  /// The index that an old fence has now, or `nil` where it has been removed.
  func index(of fence: UInt32) -> UInt32? {
    let index = indices[Int(fence)]
    return index == FenceTransition.gone ? nil : index
  }

  /// Whether a new fence was there before, perhaps drawn otherwise.
  func wasThere(_ fence: UInt32) -> Bool { isKnown[Int(fence)] }

  /// Why an old fence is not there any more.
  func reasonOfRemoval(_ fence: UInt32) -> FenceEvent.Reason {
    expired.contains(old.id(of: fence)) ? .fenceExpired : .fenceRemoved
  }
}
