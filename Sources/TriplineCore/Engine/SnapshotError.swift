/// Why a snapshot cannot be restored.
public enum SnapshotError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes do not begin as a snapshot does.
  case notASnapshot
  /// The snapshot was written by a newer version.
  case unknownVersion(UInt32)
  /// The bytes end too early or hold an impossible value, at this offset.
  case damaged(offset: Int)
  /// The snapshot was taken with another configuration.
  case otherConfiguration

  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .notASnapshot: "these bytes are no engine snapshot; check that the right file was given"
    case .unknownVersion(let version):
      "the snapshot has format version \(version), this engine reads up to \(Engine.snapshotVersion); update Tripline"
    case .damaged(let offset):
      "the snapshot is damaged at byte \(offset); restore an earlier one, or replay the recorded fixes"
    case .otherConfiguration:
      "the snapshot was taken with another configuration; start with that one, or replay the recorded fixes"
    }
  }
}
