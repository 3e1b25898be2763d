/// Times from one moment to another, in their order and apart, for one to be found fast among many.
struct TimeRanges: Sendable, Hashable {
  private var ranges: [Range<Int64>] = []

  /// Puts ranges in order, and those together that overlap or touch; what is empty is left out.
  init(_ ranges: [Range<Int64>]) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound {
        self.ranges[self.ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  /// Whether there is none.
  var isEmpty: Bool { ranges.isEmpty }

  /// Whether a moment is in one of them.
  func contains(_ moment: Int64) -> Bool {
    let index = firstIndex(endingAfter: moment)
    return index < ranges.count && ranges[index].lowerBound <= moment
  }

  /// The moments of a time at which one of them begins or ends, in their order.
  func bounds(in times: Range<Int64>) -> [Int64] {
    var bounds: [Int64] = []
    var index = firstIndex(endingAfter: times.lowerBound - 1)
    while index < ranges.count, ranges[index].lowerBound < times.upperBound {
      bounds += [ranges[index].lowerBound, ranges[index].upperBound].filter(times.contains)
      index += 1
    }
    return bounds
  }

  private func firstIndex(endingAfter moment: Int64) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound > moment { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
