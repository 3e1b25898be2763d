/// How live positions come.
public enum LiveStatus: String, Sendable, Hashable {
  /// A stream is being made; none come meanwhile.
  case connecting
  /// By a stream.
  case live
  /// By asking for last positions every minute, because no stream lasts.
  case polling
}
