import Foundation

/// How many seeds a property is tried with.
public enum Seeds {
  /// `TRIPLINE_TEST_SCALE` multiplies the number of seeds: less than 1 under the sanitizers, more for a long run.
  private static let scale = Double(ProcessInfo.processInfo.environment["TRIPLINE_TEST_SCALE"] ?? "") ?? 1

  /// The seeds 0, 1, 2 …, `count` of them in an ordinary run, at least one in any.
  public static func first(_ count: Int) -> Range<UInt64> { 0..<UInt64(max(1, (Double(count) * scale).rounded())) }
}
