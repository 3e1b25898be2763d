/// From one set of fences to another: what becomes of each fence.
struct FenceTransition: ~Copyable {
  let old: FenceSet
  let new: FenceSet
  private let expired: Set<String>
  init(from old: FenceSet, to new: FenceSet, expired: Set<String>) {
    self.old = old
    self.new = new
    self.expired = expired
  }

  /// The index that an old fence has now, or `nil` where it has been removed.
  func index(of fence: UInt32) -> UInt32? { new.index(of: old.id(of: fence)) }

  /// Whether a new fence was there before, perhaps drawn otherwise.
  func wasThere(_ fence: UInt32) -> Bool { old.index(of: new.id(of: fence)) != nil }

  /// Why an old fence is not there any more.
  func reasonOfRemoval(_ fence: UInt32) -> FenceEvent.Reason {
    expired.contains(old.id(of: fence)) ? .fenceExpired : .fenceRemoved
  }
}
