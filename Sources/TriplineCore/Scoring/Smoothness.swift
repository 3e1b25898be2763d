/// How smoothly was driven in one range of speeds.
public struct Smoothness: Sendable, BitwiseCopyable, Equatable {
  /// Metres driven in the range, as far as accelerations are known.
  public var distance: Float = 0
  /// Sum of positive acceleration times way, in m²/s².
  var positive: Float = 0
  /// … and of negative, as a positive number.
  var negative: Float = 0

  init() {}

  /// Relative positive acceleration in metres a second squared: the mean over the way of the acceleration where it is
  /// positive, 0 elsewhere (the dynamics measure of the EU's tests of emissions in real driving); `nil` without a way.
  public var relativePositiveAcceleration: Double? { distance > 0 ? Double(positive / distance) : nil }

  /// The same of braking.
  public var relativeNegativeAcceleration: Double? { distance > 0 ? Double(negative / distance) : nil }

  /// The two in one index: braking counts for three parts of five.
  public var index: Double? { distance > 0 ? Double((0.6 * negative + 0.4 * positive) / distance) : nil }

  @inline(__always)
  mutating func add(_ sample: AccelerationWindow.Sample) {
    let way = sample.smoothSpeed * sample.seconds
    distance += way
    if sample.smooth > 0 { positive += sample.smooth * way } else { negative -= sample.smooth * way }
  }
}

/// Smoothness below 50 km/h, from there to 90 km/h, and above: a comparison across speeds would call every city driver
/// rough.
public struct BinnedSmoothness: Sendable, BitwiseCopyable, Equatable {
  /// Below 50 km/h.
  public var slow = Smoothness()
  /// From 50 to 90 km/h.
  public var medium = Smoothness()
  /// Above 90 km/h.
  public var fast = Smoothness()

  init() {}

  @inline(__always)
  mutating func add(_ sample: AccelerationWindow.Sample) {
    switch SpeedRange(of: sample.smoothSpeed) {
    case .slow: slow.add(sample)
    case .medium: medium.add(sample)
    case .fast: fast.add(sample)
    }
  }
}

/// The ranges of speed in which driving is compared.
enum SpeedRange {
  case slow, medium, fast

  /// The range of a speed in metres a second.
  @inline(__always)
  init(of speed: Float) { self = speed < 50 / 3.6 ? .slow : speed <= 90 / 3.6 ? .medium : .fast }
}

extension BinnedSmoothness {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try slow.code(&coder)
    try medium.code(&coder)
    try fast.code(&coder)
  }
}

extension Smoothness {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&distance)
    try coder.code(&positive)
    try coder.code(&negative)
  }
}

/// How much smoothness varies along a trip: its index over pieces of 2 km, their mean and spread.
struct SmoothnessSpread: Sendable, BitwiseCopyable {
  static let pieceLength: Float = 2_000
  private(set) var pieces: UInt32 = 0
  private var mean: Float = 0
  /// Sum of the squared distances of the pieces from their mean.
  private var squares: Float = 0
  private var distance: Float = 0
  private var weighted: Float = 0

  /// Takes a stretch and the ratio of its index to the ordinary one.
  @inline(__always)
  mutating func add(_ sample: AccelerationWindow.Sample, ordinary: Float) {
    let way = sample.smoothSpeed * sample.seconds
    distance += way
    weighted += way * (sample.smooth > 0 ? 0.4 * sample.smooth : -0.6 * sample.smooth) / ordinary
    if distance >= Self.pieceLength { endPiece() }
  }

  @inline(never)
  private mutating func endPiece() {
    let value = weighted / distance
    pieces += 1
    let difference = value - mean
    mean += difference / Float(pieces)
    squares += difference * (value - mean)
    distance = 0
    weighted = 0
  }

  /// The standard error of the mean over the pieces; `nil` for fewer than two.
  var standardError: Double? {
    pieces < 2 ? nil : (Double(squares) / Double(pieces - 1) / Double(pieces)).squareRoot()
  }
}

extension SmoothnessSpread {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&pieces)
    try coder.code(&mean)
    try coder.code(&squares)
    try coder.code(&distance)
    try coder.code(&weighted)
  }
}
