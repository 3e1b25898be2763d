import Glibc

/// How good the data of a trip are, from 0 to 100: nothing of it depends on how was driven.
///
/// The geometric mean of components from 0 to 1, each with its weight, so that one broken part cannot be bought back; one
/// below 0.01 counts as that, for 0 would leave nothing of all others, whatever its weight. What cannot be known is left
/// out, and its weight with it.
public struct DataQuality: Sendable, BitwiseCopyable, Equatable {
  /// A letter for people.
  public enum Grade: String, Sendable, BitwiseCopyable, CaseIterable {
    case a, b, c, d
  }

  /// 1 less the share of the time in motion in data gaps and in steps longer than three ordinary ones.
  public var coverage: Double
  /// The share of the way that is not in data gaps.
  public var continuity: Double
  /// How accurate the fixes are: 1 at 10 m, 0 at 100 m; 0.5 for those that state nothing, 0 for those
  /// that are too coarse to use.
  public var accuracy: Double
  /// 1 less ten times the share of jumps, contradictions and frozen fixes, among these and the good ones.
  public var plausibility: Double
  /// 1 less five times the share of repeated, late, future and repaired fixes, among these and the good ones.
  public var order: Double
  /// How near the trip begins to where the vehicle stopped before: 1 up to 200 m, 0 from 1 km on; `nil` where that stop is
  /// not known.
  public var endPoints: Double?
  /// How well the way by positions agrees with that by speeds: 1 less ten times the difference as a share of it; `nil`
  /// where less than half of the way has both.
  public var agreement: Double?
  /// The share of the fixes that state an accuracy.
  public var accuracyKnown: Double
  /// The quality itself.
  public private(set) var value: Double

  /// The components with their weights: coverage, continuity, accuracy, plausibility, order, end points, agreement.
  public var components: [(weight: Double, value: Double?)] {
    [
      (0.25, coverage), (0.20, continuity), (0.20, accuracy), (0.15, plausibility), (0.05, order), (0.10, endPoints),
      (0.05, agreement),
    ]
  }

  /// The letter: A from 90 on, B from 75, C from 50, D below.
  public var grade: Grade { value >= 90 ? .a : value >= 75 ? .b : value >= 50 ? .c : .d }

  init(
    coverage: Double, continuity: Double, accuracy: Double, plausibility: Double, order: Double, endPoints: Double?,
    agreement: Double?, accuracyKnown: Double
  ) {
    self.coverage = coverage
    self.continuity = continuity
    self.accuracy = accuracy
    self.plausibility = plausibility
    self.order = order
    self.endPoints = endPoints
    self.agreement = agreement
    self.accuracyKnown = accuracyKnown
    value = 0
    var (product, weights) = (0.0, 0.0)
    for case (let weight, let value?) in components {
      weights += weight
      product += weight * log(max(0.01, value))
    }
    self.value = 100 * exp(product / weights)
  }
}
