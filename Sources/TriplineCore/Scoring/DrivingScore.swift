import Glibc

/// How well was driven, from 0 to 100, by nothing but the receiver's speeds.
///
/// Says how smoothly was driven, how often the vehicle braked severely, and, where limits are known, how much of the time
/// was too fast. Every lost point is a loss of one of these: the losses and the score add up to 100.
public struct DrivingScore: Sendable, BitwiseCopyable, Equatable {
  /// Why there is no score.
  public enum Absence: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The trip is shorter than 5 km.
    case tooShort
    /// The receiver states no speed for a fifth of the time in motion or more.
    case noSpeed
    /// Fixes are too far apart.
    case sampling
    /// The quality of the data is below 50.
    case quality
  }

  /// Points that were lost, by what they were lost for.
  public struct Losses: Sendable, BitwiseCopyable, Equatable {
    /// For rough driving below 50 km/h.
    public var slow = 0.0
    /// For rough driving from 50 to 90 km/h.
    public var medium = 0.0
    /// For rough driving above 90 km/h.
    public var fast = 0.0
    /// For severe braking; `nil` where fixes are too far apart to see it.
    public var braking: Double?
    /// For driving too fast; `nil` where no limit is known.
    public var speeding: Double?

    /// All of them, in this order.
    public var sum: Double { slow + medium + fast + (braking ?? 0) + (speeding ?? 0) }
  }

  /// The points that are left; `nil` where there is a reason for none.
  public private(set) var value: Double?
  /// Why there are none.
  public private(set) var absence: Absence?
  /// The points lie between this and `high` with a probability of 90 %, as far as the trip itself tells; `nil` without a
  /// score.
  public private(set) var low: Double?
  /// The upper end of that.
  public private(set) var high: Double?
  /// How much the score says, from 0 to 1: little for a short trip, for poor data, and for parts that are missing.
  public private(set) var confidence = 0.0
  /// What the points were lost for; all 0 without a score.
  public private(set) var losses = Losses()
  /// The mean ratio to ordinary driving, from which smoothness is judged; `nil` where it is not known.
  public private(set) var index: Double?
  /// What the ordinary indices were multiplied by, because fixes further apart show less.
  public private(set) var normFactor = 1.0
}

extension DrivingScore {
  /// What a score is computed from.
  struct Evidence {
    var smoothness: BinnedSmoothness
    /// Standard error of the index, from pieces of the trip.
    var standardError: Double?
    /// Severe brakes; `nil` where events are not known.
    var severeBrakes: UInt32?
    /// Metres.
    var distance: Double
    /// The share of the time too fast, of the time with a known limit; `nil` where none is known.
    var overspeedShare: Double?
    /// The share of the time in motion with a known limit.
    var limitedShare: Double
    /// The share of the time in motion with known accelerations, and with any speeds.
    var availability: Double
    var speedShare: Double
    /// Median step in seconds.
    var interval: Double
    var quality: Double
  }

  private static let shortest = 5_000.0
  private static let leastAvailability = 0.8
  private static let longestInterval = 10.0
  private static let leastQuality = 50.0
  /// A range of speeds counts from 200 m on.
  private static let leastWay: Float = 200
  /// The weight of a quarter of a brake and 25 km that is put to every trip, so that a short one is not judged by chance.
  private static let prior = 0.25
  /// The deviation between pieces of 2 km that is assumed where a trip has no two of them.
  private static let assumedError = 0.3
  /// 90 % of a normal distribution lie within so many standard deviations.
  private static let deviations = 1.645

  init(_ evidence: Evidence, _ norms: ScoreNorms) {
    normFactor = Self.normFactor(interval: evidence.interval)
    if evidence.speedShare < Self.leastAvailability {
      absence = .noSpeed
    } else if evidence.availability < Self.leastAvailability || evidence.interval > Self.longestInterval {
      absence = .sampling
    } else if evidence.quality < Self.leastQuality {
      absence = .quality
    } else if evidence.distance < Self.shortest {
      absence = .tooShort
    }
    let parts = self.parts(evidence.smoothness, norms)
    let way = parts.slow.way + parts.medium.way + parts.fast.way
    if way == 0 { absence = absence ?? .noSpeed }
    if way > 0 { index = (parts.slow.weighted + parts.medium.weighted + parts.fast.weighted) / way }
    guard absence == nil, let index else { return }
    score(index, parts, evidence, norms)
  }

  /// What ordinary indices are multiplied by: fixes 5 s and 10 s apart show three quarters and three fifths of the
  /// accelerations that fixes a second apart show (measured on recorded drives that were thinned).
  static func normFactor(interval: Double) -> Double {
    if interval <= 2 { return 1 }
    if interval <= 5 { return 1 - 0.25 * (interval - 2) / 3 }
    return max(0.6, 0.75 - 0.15 * (interval - 5) / 5)
  }

  private typealias Part = (way: Double, weighted: Double)

  private func parts(
    _ smoothness: BinnedSmoothness, _ norms: ScoreNorms
  ) -> (slow: Part, medium: Part, fast: Part) {
    func part(_ bin: Smoothness, _ ordinary: Double) -> Part {
      guard bin.distance > Self.leastWay, let index = bin.index else { return (0, 0) }
      return (Double(bin.distance), Double(bin.distance) * index / (ordinary * normFactor))
    }
    return (part(smoothness.slow, norms.slow), part(smoothness.medium, norms.medium), part(smoothness.fast, norms.fast))
  }

  private mutating func score(
    _ index: Double, _ parts: (slow: Part, medium: Part, fast: Part), _ evidence: Evidence, _ norms: ScoreNorms
  ) {
    // Smoothness and severe braking share what speeding leaves, which weighs as much as limits are known; what is missing is
    // shared out among the others.
    let speedWeight = evidence.overspeedShare == nil ? 0 : 0.20 * evidence.limitedShare
    let brakeWeight = evidence.severeBrakes == nil ? 0 : 0.15 * (1 - speedWeight)
    let smoothWeight = 1 - speedWeight - brakeWeight
    let smooth = Self.smoothness(index, norms)
    let smoothLoss = smoothWeight * (100 - smooth)
    let weighted = parts.slow.weighted + parts.medium.weighted + parts.fast.weighted
    if weighted > 0 {
      losses.slow = smoothLoss * parts.slow.weighted / weighted
      losses.medium = smoothLoss * parts.medium.weighted / weighted
      losses.fast = smoothLoss * parts.fast.weighted / weighted
    }
    let error = (evidence.standardError.map { $0 / normFactor } ?? Self.assumedError) * Self.deviations
    var below = smoothWeight * (smooth - Self.smoothness(index + error, norms))
    var above = smoothWeight * (Self.smoothness(index - error, norms) - smooth)
    below *= below
    above *= above
    if let count = evidence.severeBrakes {
      let (shape, exposure) = (Double(count) + Self.prior, evidence.distance / 100_000 + Self.prior)
      let braking = Self.braking(shape / exposure)
      losses.braking = brakeWeight * (100 - braking)
      let worst = Self.braking(Self.gammaQuantile(shape, deviations: Self.deviations) / exposure)
      let best = Self.braking(Self.gammaQuantile(shape, deviations: -Self.deviations) / exposure)
      below += (brakeWeight * (braking - worst)) * (brakeWeight * (braking - worst))
      above += (brakeWeight * (best - braking)) * (brakeWeight * (best - braking))
    }
    if let share = evidence.overspeedShare { losses.speeding = speedWeight * 100 * min(1, share / 0.10) }
    let value = 100 - losses.sum
    self.value = value
    low = max(0, value - below.squareRoot())
    high = min(100, value + above.squareRoot())
    confidence =
      min(1, evidence.distance / 20_000) * evidence.availability * evidence.quality / 100
      * (evidence.severeBrakes == nil ? 0.85 : 1)
  }

  private static func smoothness(_ index: Double, _ norms: ScoreNorms) -> Double {
    100 * max(0, min(1, (norms.worst - index) / (norms.worst - norms.best)))
  }

  /// Points for severe brakes in 100 km: half of them are lost with each four.
  private static func braking(_ rate: Double) -> Double { 100 * exp2(-rate / 4) }

  /// A quantile of the gamma distribution with scale 1 by the approximation of Wilson and Hilferty (Proceedings of the
  /// National Academy of Sciences 17, 1931): the cube root is nearly normal.
  private static func gammaQuantile(_ shape: Double, deviations: Double) -> Double {
    let root = max(0, 1 - 1 / (9 * shape) + deviations / (3 * shape.squareRoot()))
    return shape * root * root * root
  }
}
