/// Why a snapshot cannot be restored.
public enum SnapshotError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes do not begin as a snapshot does.
  case notASnapshot
  /// The snapshot was written in another format, as a rule by a newer version.
  case unknownVersion(UInt32)
  /// The bytes are not those that were written: at this offset they end, hold an impossible value, or hold a checksum
  /// of other bytes.
  case damaged(offset: Int)
  /// The snapshot was taken with another configuration.
  case otherConfiguration

  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .notASnapshot: "these bytes are no engine snapshot; check that the right file was given"
    case .unknownVersion(let version):
      "the snapshot has format version \(version), this engine reads \(Engine.oldestVersion) to \(Engine.snapshotVersion); "
        + "use the version of Tripline that wrote it, or replay the recorded fixes"
    case .damaged(let offset):
      "the snapshot is damaged at byte \(offset); restore an earlier one, or replay the recorded fixes"
    case .otherConfiguration:
      "the snapshot was taken with another configuration; start with that one, or replay the recorded fixes"
    }
  }
}
