/// Time goes on for a part of the fleet after the other.
extension AlertEngine {
  /// In how many parts time goes on for the fleet, one after the other, so that fixes do not wait for all of it. Journals depend on it.
  public static let parts = 8
  private static let shardsOfParts = (0..<parts).map { part in
    Set(stride(from: part, to: shardCount, by: parts))
  }

  /// The shards of one of the parts.
  ///
  /// - Parameter part: the part, from 0 on.
  /// - Precondition: there is such a part.
  public static func shards(ofPart part: Int) -> Set<Int> { shardsOfParts[part] }
}
