/// The firing alerts that keep others back, found by what both have to agree in.
struct InhibitionIndex: Sendable {
  private struct Place: Hashable {
    var inhibition: Int
    var values: [String]
    /// Whether the alert could be kept back itself.
    var isTarget: Bool
  }

  private let inhibitions: [Inhibition]
  /// The numbers of the alerts in their order.
  private var sources: [Place: [UInt64]] = [:]

  /// Has no alerts yet.
  init(_ inhibitions: [Inhibition]) { self.inhibitions = inhibitions }

  /// An alert fires.
  mutating func insert(_ number: UInt64, _ labels: [String: String]) {
    for place in places(labels) {
      let position = Self.position(of: number, in: sources[place] ?? [])
      sources[place, default: []].insert(number, at: position)
    }
  }

  /// An alert that fires is over.
  mutating func remove(_ number: UInt64, _ labels: [String: String]) {
    for place in places(labels) {
      guard let numbers = sources[place] else { continue }
      let position = Self.position(of: number, in: numbers)
      guard position < numbers.count, numbers[position] == number else { continue }
      if numbers.count == 1 { sources[place] = nil } else { sources[place]?.remove(at: position) }
    }
  }

  /// The first alert that keeps one with such labels back.
  func source(inhibiting labels: [String: String]) -> UInt64? {
    for (index, inhibition) in inhibitions.enumerated() where inhibition.target.match(labels) {
      let values = inhibition.values(labels)
      var found = sources[Place(inhibition: index, values: values, isTarget: false)]?.first
      if !inhibition.source.match(labels),
        let other = sources[Place(inhibition: index, values: values, isTarget: true)]?.first
      {
        found = min(found ?? other, other)
      }
      if let found { return found }
    }
    return nil
  }

  private func places(_ labels: [String: String]) -> [Place] {
    inhibitions.enumerated().compactMap { index, inhibition in
      guard inhibition.source.match(labels) else { return nil }
      return Place(
        inhibition: index, values: inhibition.values(labels), isTarget: inhibition.target.match(labels))
    }
  }

  /// Where a number is, or belongs.
  private static func position(of number: UInt64, in numbers: [UInt64]) -> Int {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
