/// A message of the live stream.
///
/// The four kinds are documented; their names, fields and units are ASSUMED (contract, section 7.7).
public enum LiveEvent: Sendable, Hashable {
  /// A vehicle has moved, or says that it is there.
  case position(Position)
  /// A vehicle has stopped sending.
  case offline(vehicleID: ResourceID, lastPositionTime: Int64?)
  /// The stream is alive.
  case heartbeat
  /// The stream has failed; a new one has to be made.
  case error(code: String?, message: String?)
  /// A kind that this client does not know.
  case unknown(kind: String)
}
