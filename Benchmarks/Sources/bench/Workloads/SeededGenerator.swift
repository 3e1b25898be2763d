import Glibc

/// A repeatable random generator (SplitMix64, Steele et al. 2014): the same seed gives the same workload everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `[low, high)`.
  mutating func number(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }

  /// A normally distributed number (Box and Muller 1958).
  mutating func normal() -> Double {
    (-2 * log(1 - number(0, 1))).squareRoot() * cos(2 * .pi * number(0, 1))
  }
}
