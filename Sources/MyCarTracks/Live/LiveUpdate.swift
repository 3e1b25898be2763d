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
  /// From here on positions may be missed, until all has been caught up with.
  case missed
  /// All that the API had at a time, in milliseconds UTC, has been handed on: at the start, behind each gap, and each time that last
  /// positions are asked for because no stream lasts. It is not complete as long as the history of a vehicle lies behind its last
  /// position, or could not be had; positions that wait for it have waited for no longer than their patience.
  case caughtUp(asOf: Int64, isComplete: Bool)
}
