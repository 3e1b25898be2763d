/// Finds fixes of a whole track that cannot be right, by what comes before them and what comes after.
///
/// What the engine's input gate does as fixes come, with the future at hand: a fix that a vehicle would have had to leave
/// the way for is told from a vehicle that went there. Neither one bad first fix nor one real jump throws away what comes
/// behind it.
public struct OutlierFilter: Sendable {
  /// Why a fix is left out.
  public enum Reason: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// It cannot be reached from the fix before, nor can the fix behind it be reached from it, but that from the one
    /// before: a spike.
    case spike
    /// It and others next to it, too few to be believed, cannot be reached from before nor left to what follows.
    case cluster
    /// A detour that would have taken an acceleration no vehicle has, there and back.
    case detour
    /// It has the same time as a more accurate one.
    case sameTime
  }

  /// A fix that is left out.
  public struct Finding: Sendable, BitwiseCopyable, Equatable {
    /// Its index in the track.
    public var index: Int
    /// Why.
    public var reason: Reason
  }

  /// Speed in metres a second that no vehicle exceeds (as the input gate has it).
  public var largestSpeed = 70.0
  /// Acceleration in metres a second squared that no vehicle exceeds.
  public var largestAcceleration = 10.0
  /// So many fixes in a row that bear each other out are believed, wherever they are.
  public var believedFixes = 3

  /// The limits of cars.
  public init() {}

  /// What is wrong with a track, by index in ascending order.
  ///
  /// - Parameter fixes: one track in the order of time.
  /// - Complexity: O(*n*).
  public func findings(in fixes: Span<Fix>) -> [Finding] {
    var findings: [Finding] = []
    var kept: [Int] = []
    removeSameTimes(fixes, &kept, &findings)
    removeUnreachable(fixes, &kept, &findings)
    removeDetours(fixes, &kept, &findings)
    return findings.sorted { $0.index < $1.index }
  }

  /// The fixes of a track that are not left out.
  public func cleaned(_ fixes: Span<Fix>) -> [Fix] {
    let bad = Set(findings(in: fixes).map(\.index))
    var result: [Fix] = []
    for index in fixes.indices where !bad.contains(index) { result.append(fixes[index]) }
    return result
  }

  private func removeSameTimes(_ fixes: Span<Fix>, _ kept: inout [Int], _ findings: inout [Finding]) {
    for index in fixes.indices {
      guard let last = kept.last, fixes[last].time == fixes[index].time else {
        kept.append(index)
        continue
      }
      let isBetter = Self.accuracy(of: fixes[index], otherwise: 50) < Self.accuracy(of: fixes[last], otherwise: 50)
      findings.append(Finding(index: isBetter ? last : index, reason: .sameTime))
      if isBetter { kept[kept.count - 1] = index }
    }
  }

  /// Metres that a fix states, if it means them.
  private static func accuracy(of fix: Fix, otherwise assumed: Float) -> Float {
    fix.accuracyOrNaN > 0 ? fix.accuracyOrNaN : assumed
  }

  private func isReachable(_ a: Fix, _ b: Fix) -> Bool {
    Geodesic.step(from: a.coordinate, to: b.coordinate) <= largestSpeed * Double(b.time - a.time) / 1000
  }

  /// Cuts the track where a step is impossible, into runs that bear themselves out, and keeps the longest way through
  /// them: runs of enough fixes, and shorter ones that are reachable from what is kept.
  private func removeUnreachable(_ fixes: Span<Fix>, _ kept: inout [Int], _ findings: inout [Finding]) {
    var runs: [[Int]] = []
    for index in kept {
      if let last = runs.last?.last, isReachable(fixes[last], fixes[index]) {
        runs[runs.count - 1].append(index)
      } else {
        runs.append([index])
      }
    }
    // For each run the next one that is believed.
    var following: [[Int]?] = Array(repeating: nil, count: runs.count)
    for number in runs.indices.dropLast().reversed() {
      following[number] = runs[number + 1].count >= believedFixes ? runs[number + 1] : following[number + 1]
    }
    var result: [Int] = []
    for (number, run) in runs.enumerated() {
      if run.count >= believedFixes || runs.count == 1 {
        result += run
        continue
      }
      let fits = result.last.map { isReachable(fixes[$0], fixes[run[0]]) } ?? true
      let next = following[number]
      if fits && next.map({ isReachable(fixes[run[run.count - 1]], fixes[$0[0]]) }) ?? true {
        result += run
      } else {
        for index in run { findings.append(Finding(index: index, reason: run.count == 1 ? .spike : .cluster)) }
      }
    }
    kept = result
  }

  /// A fix off the way between its neighbours, so far and so shortly that it would have taken too much acceleration to get
  /// there and back. Its neighbours are off the way to it too, but less.
  private func removeDetours(_ fixes: Span<Fix>, _ kept: inout [Int], _ findings: inout [Finding]) {
    guard kept.count > 2 else { return }
    var result = [kept[0]]
    for position in 1..<kept.count - 1 {
      let (before, here, after) = (fixes[result[result.count - 1]], fixes[kept[position]], fixes[kept[position + 1]])
      let excess = excess(of: here, between: before, after)
      // Of two fixes off the way the one that is farther off.
      func next() -> Double {
        position + 2 < kept.count ? self.excess(of: after, between: here, fixes[kept[position + 2]]) : 0
      }
      if excess > 1 && excess >= next() {
        findings.append(Finding(index: kept[position], reason: .detour))
      } else {
        result.append(kept[position])
      }
    }
    result.append(kept[kept.count - 1])
    kept = result
  }

  /// The acceleration that a detour would have taken, as a multiple of the largest there is; 0 where it may be noise, or
  /// one of the steps is impossible by itself.
  private func excess(of here: Fix, between before: Fix, _ after: Fix) -> Double {
    let frame = TrackSimplifier.Frame(before, after)
    let (x, y) = frame.offset(of: here)
    let (there, back) = (Double(here.time - before.time) / 1000, Double(after.time - here.time) / 1000)
    let share = there / (there + back)
    let (dx, dy) = (x - share * frame.x, y - share * frame.y)
    func variance(_ fix: Fix, _ weight: Double) -> Double {
      let accuracy = weight * Double(Self.accuracy(of: fix, otherwise: 10))
      return accuracy * accuracy
    }
    let noise = variance(here, 1) + variance(before, 1 - share) + variance(after, share)
    // Few are that far off: only they are asked whether they can be there at all.
    guard dx * dx + dy * dy > 9 * noise, isReachable(before, here), isReachable(here, after) else { return 0 }
    // With a constant acceleration the way bulges by half of it times the product of the two times.
    return 2 * (dx * dx + dy * dy).squareRoot() / (there * back) / largestAcceleration
  }
}
