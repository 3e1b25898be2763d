/// What reading an input came to: how much was read, how much was delivered, and what was wrong.
///
/// Problems are all counted, by code; only the first ones are kept word for word, so that a file of a billion bad rows
/// costs no memory.
public struct ReadReport: Codable, Sendable, Equatable {
  /// How many problems are kept word for word, beside the first of each code, which is always kept.
  public static let keptProblems = 20

  /// Data rows, track points or features seen, good and bad.
  public internal(set) var rows = 0
  /// Fixes, points or fences delivered.
  public internal(set) var delivered = 0
  /// The first problems in the order of the input.
  public private(set) var problems: [FormatError] = []
  /// All problems by code.
  public private(set) var counts: [FormatError.Code: Int] = [:]

  /// Creates the report of an input of which nothing was read yet.
  public init() {}

  /// The number of problems, kept or only counted.
  public var problemCount: Int { counts.values.reduce(0, +) }

  /// Whether nothing was wrong.
  public var isClean: Bool { counts.isEmpty }

  /// Counts a problem.
  mutating func record(_ error: FormatError) {
    let count = counts[error.code, default: 0]
    counts[error.code] = count + 1
    if count == 0 || problems.count < Self.keptProblems { problems.append(error) }
  }

  /// Adds what another input came to.
  public mutating func merge(_ other: ReadReport) {
    rows += other.rows
    delivered += other.delivered
    for problem in other.problems where counts[problem.code] == nil || problems.count < Self.keptProblems {
      problems.append(problem)
    }
    counts.merge(other.counts, uniquingKeysWith: +)
  }
}
