/// From one set of fences to another at an instant: what becomes of each fence. One whose time is over then is in neither.
struct FenceTransition: ~Copyable {
  let old: FenceSet
  let new: FenceSet
  private let time: Int64

  init(from old: FenceSet, to new: FenceSet, at time: Int64) {
    self.old = old
    self.new = new
    self.time = time
  }

  /// The index that an old fence has now, or `nil` where it is not there any more.
  func index(of fence: UInt32) -> UInt32? {
    new.index(of: old.id(of: fence)).flatMap { new.names.end(of: $0) > time ? $0 : nil }
  }

  /// The index by which an old fence goes now, whether its time is over or not.
  func name(of fence: UInt32) -> UInt32? { new.index(of: old.id(of: fence)) }

  /// Whether a new fence was there before, perhaps drawn otherwise.
  func wasThere(_ fence: UInt32) -> Bool {
    old.index(of: new.id(of: fence)).map { old.names.end(of: $0) > time } ?? false
  }

  /// Why an old fence is not there any more.
  func reasonOfRemoval(_ fence: UInt32) -> FenceEvent.Reason {
    let end = new.index(of: old.id(of: fence)).map { new.names.end(of: $0) } ?? old.names.end(of: fence)
    return end <= time ? .fenceExpired : .fenceRemoved
  }
}
