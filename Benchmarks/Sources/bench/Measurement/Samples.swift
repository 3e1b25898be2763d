/// Nanoseconds per operation of many short stretches of work.
struct Samples {
  private var values: [Double] = []

  /// Does `count` operations and notes what each took.
  @inline(__always)
  mutating func measure<Failure: Error>(_ count: Int, _ work: () throws(Failure) -> Void) throws(Failure) {
    let start = ThreadClock.now
    try work()
    values.append(Double(ThreadClock.now - start) / Double(max(1, count)))
  }

  /// The 10th percentile and the median.
  var quantiles: Quantiles {
    let sorted = values.sorted()
    precondition(!sorted.isEmpty, "nothing was measured")
    func quantile(_ share: Double) -> Double { sorted[Int((Double(sorted.count - 1) * share).rounded())] }
    return Quantiles(p10: quantile(0.1), median: quantile(0.5))
  }
}

/// The two figures that are reported of a measurement.
struct Quantiles: Codable {
  var p10: Double
  var median: Double

  init(p10: Double, median: Double) {
    self.p10 = p10
    self.median = median
  }

  /// A figure that was taken once.
  init(once value: Double) { self.init(p10: value, median: value) }
}
