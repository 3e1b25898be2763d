/// How a sandbox behaves.
public struct SandboxOptions: Sendable {
  /// A part of the account's history that happens while the sandbox runs.
  public struct Replay: Sendable, Hashable {
    /// The moment of the account's history that begins with the sandbox, in milliseconds UTC.
    public var start: Int64
    /// When the sandbox begins, in milliseconds UTC.
    public var began: Int64
    /// How much faster than the clock it goes on.
    public var speed: Double

    /// Creates a replay.
    public init(start: Int64, began: Int64, speed: Double) {
      self.start = start
      self.began = began
      self.speed = speed
    }

    /// The moment of the history at a time of the clock.
    func moment(at now: Int64) -> Int64 { start + Int64(Double(now - began) * speed) }
    /// When a moment of the history comes.
    func date(of moment: Int64) -> Int64 { began + Int64((Double(moment - start) / speed).rounded(.up)) }
  }

  /// The client id that the sandbox knows.
  public var clientID = "sandbox.mycartracks.com"
  /// Its secret, which is none.
  public var clientSecret = "sandbox-secret"
  /// What its credentials may do: `read`, and perhaps `write`.
  public var scopes: Set<String> = ["read"]
  /// How it speaks.
  public var dialect = Dialect.a
  /// What goes wrong.
  public var faults: Set<Fault> = []
  /// Draws what goes wrong, and every id that looks random.
  public var seed: UInt64 = 1
  /// Requests a window.
  public var requestsPerWindow = 150
  /// The window in milliseconds.
  public var window: Int64 = 900_000
  /// How long a token is good, in milliseconds.
  public var tokenLifetime: Int64 = 3_600_000
  /// How long a live stream lasts, in milliseconds.
  public var streamLifetime: Int64 = 3_600_000
  /// Whether a stream's URL may be used only once.
  public var isStreamURLSingleUse = true
  /// How many streams may be made at once.
  public var maximumStreams = 5
  /// Milliseconds between heartbeats.
  public var heartbeat: Int64 = 30_000
  /// A vehicle that has sent nothing for so many milliseconds is offline.
  public var offlineAfter: Int64 = 900_000
  /// What happens while the sandbox runs; without it all of the history has happened.
  public var replay: Replay?

  /// The options of a sandbox where nothing goes wrong.
  public init() {}
}
