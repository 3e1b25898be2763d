/// How far apart the fixes of a trip are while it moves: bins that double, from 1.5 s to 384 s, with the number of steps and
/// their sum.
///
/// What is asked of them is exact where the steps of a bin are alike, as those of one receiver are.
struct SamplingHistogram: Sendable, BitwiseCopyable {
  private struct Bin: Sendable, BitwiseCopyable {
    var steps: UInt32 = 0
    var seconds: Float = 0
  }

  private static let count = 9
  private var bins: InlineArray<9, Bin> = .init(repeating: Bin())

  /// Takes a step in milliseconds.
  @inline(__always)
  mutating func add(_ elapsed: Int64) {
    // Bin n ends at 1.5 s times 2 to the n.
    let units = UInt64(bitPattern: max(0, elapsed - 1)) / 1_500
    let index = min(Self.count - 1, UInt64.bitWidth - units.leadingZeroBitCount)
    bins[index].steps &+= 1
    bins[index].seconds += Float(elapsed) / 1000
  }

  /// The median step in seconds; `nil` where there is none.
  var median: Double? {
    var total: UInt32 = 0
    for index in bins.indices { total += bins[index].steps }
    guard total > 0 else { return nil }
    let half = (total + 1) / 2
    var below: UInt32 = 0
    for index in bins.indices {
      below += bins[index].steps
      if below >= half { return mean(index) }
    }
    return nil
  }

  /// Seconds of steps beyond so many seconds each.
  func excess(over most: Double) -> Double {
    var sum = 0.0
    for index in bins.indices where bins[index].steps > 0 {
      sum += max(0, mean(index) - most) * Double(bins[index].steps)
    }
    return sum
  }

  /// All steps together, in seconds.
  var total: Double {
    var sum = 0.0
    for index in bins.indices { sum += Double(bins[index].seconds) }
    return sum
  }

  private func mean(_ index: Int) -> Double { Double(bins[index].seconds) / Double(bins[index].steps) }
}

extension SamplingHistogram {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    for index in bins.indices {
      try coder.code(&bins[index].steps)
      try coder.code(&bins[index].seconds)
    }
  }
}
