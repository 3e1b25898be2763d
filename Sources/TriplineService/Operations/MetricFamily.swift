/// A counter or a gauge: one number for each set of values of its labels.
struct MetricFamily: Sendable {
  /// What the number may do.
  enum Kind: String, Sendable {
    /// It only grows.
    case counter
    /// It goes up and down.
    case gauge
  }

  /// Its name, with its unit; those of counters end in `_total`.
  let name: String
  /// What it may do.
  let kind: Kind
  /// What it is, for people.
  let help: String
  /// The names of its labels.
  let labels: [String]

  private var samples: [[String]: Double] = [:]

  /// Creates one; without labels it begins with 0, and with them there is nothing before the first number.
  init(_ kind: Kind, _ name: String, labels: [String] = [], _ help: String) {
    precondition((kind == .counter) == name.hasSuffix("_total"), "the name of a counter, and no other, ends in _total")
    self.name = name
    self.kind = kind
    self.help = help
    self.labels = labels
    if labels.isEmpty { samples[[]] = 0 }
  }

  /// Adds to a number; an amount of 0 makes it known.
  mutating func add(_ amount: Double, _ values: String...) {
    precondition(values.count == labels.count, "every label needs a value")
    precondition(kind == .gauge || amount >= 0, "a counter only grows")
    samples[values, default: 0] += amount
  }

  /// Sets a number.
  mutating func set(_ value: Double, _ values: String...) {
    precondition(values.count == labels.count, "every label needs a value")
    precondition(kind == .gauge, "a counter only grows")
    samples[values] = value
  }

  /// Forgets all numbers of a gauge with labels.
  mutating func removeAll() {
    precondition(kind == .gauge && !labels.isEmpty, "only a gauge with labels can forget")
    samples = [:]
  }

  /// Writes the numbers in the order of the values of their labels.
  func write(to text: inout MetricText) {
    text.begin(name, type: kind.rawValue, help: help)
    for (values, number) in samples.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      text.sample(name, labels: zip(labels, values).map { ($0, $1) }, number)
    }
  }
}
