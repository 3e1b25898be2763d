/// One line of the table.
struct Row: Encodable {
  /// What a figure has to reach.
  enum Target {
    /// The baseline takes at least this many times as long.
    case ratio(Double)
    /// At least this many operations a second.
    case rate(Double)
    /// At most this many.
    case most(Double)
  }

  /// The case it belongs to.
  var name: String
  /// On what it was measured.
  var workload: String
  /// What the figures are.
  var unit = "ns/fix"
  var ours: Quantiles
  var baselineName: String?
  var baseline: Quantiles?
  var target: Target?
  /// Anything a reader needs to know.
  var note: String?

  /// How many times as much the baseline takes, by the 10th percentile, which other work on the machine disturbs least.
  var ratio: Double? { baseline.map { $0.p10 / ours.p10 } }

  /// Whether the target is reached: ratios by the 10th percentile, rates by the median.
  var isMet: Bool? {
    switch target {
    case .ratio(let least): ratio.map { $0 >= least }
    case .rate(let least): rate >= least
    case .most(let most): ours.median <= most
    case nil: nil
    }
  }

  /// Operations a second.
  var rate: Double { 1e9 / ours.median }

  private enum CodingKeys: String, CodingKey {
    case name = "case"
    case workload, unit, ours, baselineName, baseline, ratio, target, isMet, note
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(workload, forKey: .workload)
    try container.encode(unit, forKey: .unit)
    try container.encode(ours, forKey: .ours)
    try container.encodeIfPresent(baselineName, forKey: .baselineName)
    try container.encodeIfPresent(baseline, forKey: .baseline)
    try container.encodeIfPresent(ratio, forKey: .ratio)
    try container.encodeIfPresent(target?.description, forKey: .target)
    try container.encodeIfPresent(isMet, forKey: .isMet)
    try container.encodeIfPresent(note, forKey: .note)
  }
}

extension Row.Target: CustomStringConvertible {
  var description: String {
    switch self {
    case .ratio(let least): ">= \(Report.short(least))x"
    case .rate(let least): ">= \(Report.short(least / 1e6)) M/s"
    case .most(let most): "<= \(Report.short(most))"
    }
  }
}
