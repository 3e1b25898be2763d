/// The counts of one track, as its state has them: small, and starting again at 0 behind four billion fixes.
struct VehicleGateCounts: Sendable, BitwiseCopyable {
  var received: UInt32 = 0
  var accepted: UInt32 = 0
  var repaired: UInt32 = 0
  private var byReason: InlineArray<9, UInt32> = .init(repeating: 0)

  init() {}

  subscript(reason: RejectionReason) -> UInt32 {
    get { byReason[Int(reason.rawValue)] }
    set { byReason[Int(reason.rawValue)] = newValue }
  }
}

extension VehicleGateCounts {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&received)
    try coder.code(&accepted)
    try coder.code(&repaired)
    try coder.code(&byReason)
  }
}
