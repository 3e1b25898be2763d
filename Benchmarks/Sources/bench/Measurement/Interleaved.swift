/// Measures two ways of doing the same work chunk by chunk, taking turns, so that both meet the same machine.
enum Interleaved {
  /// - Parameters:
  ///   - count: the number of operations in all.
  ///   - chunk: operations measured at a time.
  ///   - passes: how often all is done; one more pass before that is not measured.
  static func measure(
    _ count: Int, chunk: Int, passes: Int, ours: (Range<Int>) -> Void, baseline: (Range<Int>) -> Void
  ) -> (ours: Quantiles, baseline: Quantiles) {
    ours(0..<count)
    baseline(0..<count)
    var first = Samples()
    var second = Samples()
    for pass in 0..<passes {
      var start = 0
      while start < count {
        let range = start..<min(count, start + chunk)
        if pass % 2 == 0 {
          first.measure(range.count) { ours(range) }
          second.measure(range.count) { baseline(range) }
        } else {
          second.measure(range.count) { baseline(range) }
          first.measure(range.count) { ours(range) }
        }
        start = range.upperBound
      }
    }
    return (first.quantiles, second.quantiles)
  }
}
