/// Something that goes wrong in the sandbox, on purpose. Which requests and streams it befalls is drawn from the seed.
public enum Fault: String, Sendable, Hashable, CaseIterable {
  /// Tokens last five seconds.
  case shortTokens = "short-tokens"
  /// Now and then a good token is refused with 401.
  case unauthorized = "unauthorized"
  /// Runs of 500, 502 and 503.
  case serverErrors = "server-errors"
  /// Bodies come in pieces.
  case slowBody = "slow-body"
  /// Bodies end in the middle, as if that were all.
  case truncatedBody = "truncated-body"
  /// The connection breaks in the middle of a body.
  case brokenConnection = "broken-connection"
  /// Live streams break off without a close frame.
  case socketDrop = "socket-drop"
  /// Live streams fall silent, heartbeats too, and stay open.
  case socketSilence = "socket-silence"
  /// Live streams report an error and close, or close without one.
  case socketError = "socket-error"
  /// Live streams expire after ten seconds.
  case shortStreams = "short-streams"
  /// Live positions come twice.
  case duplicates
  /// Live positions change places.
  case disorder
  /// Live messages that are no JSON, or of unknown kinds.
  case garbage
  /// The last vehicle is no longer part of the account ten seconds after the sandbox has begun.
  case vehicleRemoved = "vehicle-removed"
  /// The last vehicle is no longer part of the account ten seconds after the sandbox has begun, and is again ten minutes later.
  case vehicleAway = "vehicle-away"
}
