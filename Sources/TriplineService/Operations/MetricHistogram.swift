/// How often a measured value was at most as large as each of some bounds, with the sum of all values.
struct MetricHistogram: Sendable {
  /// Its name, with its unit.
  let name: String
  /// What is measured, for people.
  let help: String
  /// The bounds, which go up; one without end is added.
  let bounds: [Double]

  /// How many values were at most as large as a bound, and larger than the one before.
  private var counts: [UInt64]
  private var sum = 0.0

  /// Creates one without values.
  init(_ name: String, bounds: [Double], _ help: String) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds have to go up")
    self.name = name
    self.help = help
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// Adds a value; one below 0 counts as 0, for the sum may only grow, and one that is no number is left out.
  mutating func observe(_ value: Double) {
    guard value.isFinite else { return }
    let value = max(0, value)
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  /// Writes the counts, each with those of the smaller bounds, the sum and the number of values.
  func write(to text: inout MetricText) {
    text.begin(name, type: "histogram", help: help)
    var total: UInt64 = 0
    for (bound, count) in zip(bounds + [.infinity], counts) {
      total += count
      text.sample("\(name)_bucket", labels: [("le", MetricText.number(bound))], Double(total))
    }
    text.sample("\(name)_sum", sum)
    text.sample("\(name)_count", Double(total))
  }
}
