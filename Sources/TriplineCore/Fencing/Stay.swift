/// A vehicle's stay in a fence.
struct Stay: ListNode {
  var fence: UInt32
  var next: UInt32
  var enterTime: Int64
  var wasInsideAtStart: Bool
}

/// Which fences each vehicle is inside of: a list a vehicle, sorted by fence.
typealias MembershipPool = ListPool<Stay>
