import Foundation
public import TriplineCore

/// Whether fences are large enough for the receivers of recorded tracks: for what they can tell apart, and for how often
/// they tell it.
public struct FenceSampling: Sendable {
  private let fences: FenceSet
  /// Stated accuracies in metres of the fixes in each fence.
  private var accuracies: [UInt32: Histogram] = [:]
  private var allAccuracies = Histogram()
  /// Metres between consecutive fixes of vehicles that move.
  private var steps = Histogram()
  /// Of each fence, visits without a stop, and those among them with fewer than two fixes inside.
  private var passes: [UInt32: (all: Int, thin: Int)] = [:]
  private var last: [UInt32: Fix] = [:]

  /// Speed in metres a second above which a vehicle is taken to move.
  private static let movingSpeed = 2.0
  /// Values below this number say nothing of their median.
  private static let leastCount = 5

  /// What is known of no tracks so far.
  public init(_ fences: FenceSet) { self.fences = fences }

  /// Reads recorded tracks.
  ///
  /// - Returns: what reading came to, and inputs that could not be read to their end.
  public mutating func read(_ inputs: [InputFile]) -> (report: ReadReport, failures: [FormatError]) {
    var engine = Engine(fences: fences)
    var events = EventBuffer()
    let read = TrackInputs(reading: inputs) { batch, _ in
      add(batch)
      engine.process(batch.span, into: &events)
      add(events.events)
      events.removeAll()
    }
    engine.finish(into: &events)
    add(events.events)
    return (read.report, read.failures)
  }

  /// Takes fixes in the order of their tracks.
  private mutating func add(_ fixes: [Fix]) {
    var found = FenceMatches()
    for fix in fixes where abs(fix.latitude) <= 90 && abs(fix.longitude) <= 180 {
      if let accuracy = fix.accuracy, accuracy > 0 {
        allAccuracies.add(Double(accuracy))
        fences.collectFences(containing: fix.coordinate, into: &found)
        for index in 0..<found.count { accuracies[found[index], default: Histogram()].add(Double(accuracy)) }
      }
      if let before = last[fix.vehicle], fix.time > before.time {
        let length = Geodesic.step(from: before.coordinate, to: fix.coordinate)
        let seconds = Double(fix.time - before.time) / 1000
        // Not across gaps: there nothing was sampled.
        if seconds <= 300, length / seconds >= Self.movingSpeed { steps.add(length) }
      }
      last[fix.vehicle] = fix
    }
  }

  /// Takes what the engine says of the same fixes: visits count.
  private mutating func add(_ events: [Event]) {
    for case .visit(let visit) in events where visit.isPassThrough {
      passes[visit.fence, default: (0, 0)].all += 1
      if visit.fixes < 2 { passes[visit.fence, default: (0, 0)].thin += 1 }
    }
  }

  /// The fences that are too small for the tracks, in their order.
  public func findings() -> [FenceFinding] {
    (0..<UInt32(fences.count)).flatMap { fence -> [FenceFinding] in
      let reach = fences.inradius(of: fence)
      return [accuracyFinding(fence, reach), samplingFinding(fence, reach)].compactMap { $0 }
    }
  }

  private func accuracyFinding(_ fence: UInt32, _ reach: Double) -> FenceFinding? {
    let own = accuracies[fence].flatMap { $0.count >= Self.leastCount ? $0.median : nil }
    guard let accuracy = own ?? allAccuracies.median, accuracy > reach else { return nil }
    return finding(
      .smallForAccuracy, fence,
      "no place is more than \(meters(reach)) from the boundary, and fixes \(own == nil ? "" : "in it ")are stated to be "
        + "right to \(meters(accuracy)) (median); a single fix cannot tell inside from outside. Enlarge the fence, or "
        + "ask for several fixes")
  }

  private func samplingFinding(_ fence: UInt32, _ reach: Double) -> FenceFinding? {
    if let (all, thin) = passes[fence], all >= Self.leastCount {
      guard thin * 2 > all else { return nil }
      return finding(
        .smallForSampling, fence,
        "\(thin) of \(all) vehicles that passed through left fewer than two fixes inside. Enlarge the fence, or record "
          + "more often; conditions that ask for fixes inside will miss them")
    }
    guard let step = steps.median, step > 2 * reach else { return nil }
    return finding(
      .smallForSampling, fence,
      "the fence is \(meters(2 * reach)) across, and vehicles on their way are recorded every \(meters(step)) (median). "
        + "Enlarge the fence, or record more often; conditions that ask for fixes inside will miss who passes")
  }

  private func finding(_ kind: FenceFinding.Kind, _ fence: UInt32, _ message: String) -> FenceFinding {
    FenceFinding(kind: kind, fenceID: fences.id(of: fence), message: message)
  }

  private func meters(_ value: Double) -> String {
    value >= 10 ? "\(Int(value.rounded())) m" : "\((value * 10).rounded() / 10) m"
  }
}

/// Lengths from a centimetre to the size of the Earth, in bins a twentieth apart.
private struct Histogram: Sendable {
  private static let ratio = 1.05
  private(set) var count = 0
  private var bins = Array(repeating: 0, count: 430)

  mutating func add(_ value: Double) {
    let bin = Int((log(max(0.01, value) / 0.01) / log(Self.ratio)).rounded(.down))
    bins[max(0, min(bins.count - 1, bin))] += 1
    count += 1
  }

  /// The middle of the bin with the median; `nil` of nothing.
  var median: Double? {
    guard count > 0 else { return nil }
    var seen = 0
    for (index, number) in bins.enumerated() {
      seen += number
      if seen * 2 >= count { return 0.01 * pow(Self.ratio, Double(index) + 0.5) }
    }
    return nil
  }
}
