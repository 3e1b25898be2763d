/// How many fixes the input gate received, and what became of them.
///
/// A vehicle's own counts start again at 0 behind four billion fixes; sums over tracks have no limit that is reached.
///
/// `received == accepted + pending + rejected`, always; nothing is pending once a track has ended.
public struct GateCounts: Sendable, BitwiseCopyable, Equatable {
  /// Fixes received.
  public internal(set) var received = 0
  /// Fixes accepted.
  public internal(set) var accepted = 0
  /// Fixes whose time was 1,024 or 2,048 weeks off and was put right; part of those accepted or rejected.
  public internal(set) var repaired = 0
  private var byReason: InlineArray<9, Int> = .init(repeating: 0)

  /// No fix yet.
  public init() {}

  /// Fixes kept out for a reason.
  public internal(set) subscript(reason: RejectionReason) -> Int {
    get { byReason[Int(reason.rawValue)] }
    set { byReason[Int(reason.rawValue)] = newValue }
  }

  /// Fixes kept out, for any reason.
  public var rejected: Int {
    var sum = 0
    for index in byReason.indices { sum += byReason[index] }
    return sum
  }

  /// Fixes that wait for their turn or for a witness.
  public var pending: Int { received - accepted - rejected }

  init(_ counts: VehicleGateCounts) {
    received = Int(counts.received)
    accepted = Int(counts.accepted)
    repaired = Int(counts.repaired)
    for reason in RejectionReason.allCases { self[reason] = Int(counts[reason]) }
  }

  /// Adds the counts of another track.
  public mutating func add(_ other: GateCounts) {
    received += other.received
    accepted += other.accepted
    repaired += other.repaired
    for index in byReason.indices { byReason[index] += other.byReason[index] }
  }

  /// Whether two tracks fared the same.
  public static func == (a: GateCounts, b: GateCounts) -> Bool {
    a.received == b.received && a.accepted == b.accepted && a.repaired == b.repaired
      && RejectionReason.allCases.allSatisfy { a[$0] == b[$0] }
  }
}

extension GateCounts {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&received)
    try coder.code(&accepted)
    try coder.code(&repaired)
    try coder.code(&byReason)
  }
}
