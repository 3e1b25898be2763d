/// How long things took, in tenths of a millisecond up to ten seconds: of a size that does not grow, unlike what it may measure.
struct LatencyHistogram {
  private var counts = [Int](repeating: 0, count: 100_000)
  private var total = 0
  /// The longest one, in milliseconds.
  private(set) var longest = 0.0

  /// Counts one that took so many milliseconds.
  mutating func add(_ milliseconds: Double) {
    counts[min(counts.count - 1, max(0, Int(milliseconds * 10)))] += 1
    total += 1
    longest = max(longest, milliseconds)
  }

  /// Counts all of another one.
  mutating func add(_ other: LatencyHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    total += other.total
    longest = max(longest, other.longest)
  }

  mutating func removeAll() {
    for index in counts.indices { counts[index] = 0 }
    (total, longest) = (0, 0)
  }

  /// Milliseconds that so large a share took at most, to a tenth; 0 where there are none.
  func quantile(_ share: Double) -> Double {
    var left = Int((share * Double(total)).rounded(.up))
    for (index, count) in counts.enumerated() {
      left -= count
      if left <= 0 { return total == 0 ? 0 : min(longest, Double(index + 1) / 10) }
    }
    return longest
  }
}
