/// What the live feed hands on.
public enum LiveUpdate: Sendable, Hashable {
  /// How positions came.
  public enum Origin: String, Sendable, Hashable {
    /// By the stream.
    case stream
    /// As last positions.
    case lastPositions
    /// As points of a track, to make up for what was missed.
    case history
  }

  /// Positions that were not handed on before, with the time they were received, in milliseconds UTC. Their own times may lie
  /// well before that, and need not be in order.
  case positions([Position], received: Int64, Origin)
  /// A vehicle has stopped sending.
  case offline(vehicleID: ResourceID, lastPositionTime: Int64?)
  /// The way positions come has changed.
  case status(LiveStatus)
  /// What was missed, as far as the API has it, has been handed on: at the start, behind each gap, and again while nothing is
  /// missing. It does not come as long as the history of a vehicle lies behind its last position.
  case caughtUp
}
