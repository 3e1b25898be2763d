/// How long a trip was driven at which speed: bins of 2.5 m/s up to 50 m/s, the last one open, counted in hundredths
/// of a second.
struct SpeedHistogram: Sendable, BitwiseCopyable {
  static let binCount = 20
  static let binWidth: Float = 2.5
  private var bins: InlineArray<20, UInt32> = .init(repeating: 0)

  @inline(__always)
  static func bin(of speed: Float) -> Int {
    speed < Float(binCount) * binWidth ? Int(max(0, speed) / binWidth) : binCount - 1
  }

  @inline(__always)
  mutating func add(_ part: borrowing InlineArray<20, UInt16>) {
    let part = part.span
    var bins = bins.mutableSpan
    // Without a check of each index it is done for several bins at once.
    for index in 0..<Self.binCount { bins[unchecked: index] &+= UInt32(part[unchecked: index]) }
  }

  /// The speed not exceeded in `share` of the time, interpolated inside its bin; `nil` where nothing was counted.
  func quantile(_ share: Double) -> Float? {
    var total = 0
    for index in bins.indices { total += Int(bins[index]) }
    guard total > 0 else { return nil }
    let wanted = Double(total) * share
    var below = 0.0
    for index in bins.indices {
      let inBin = Double(bins[index])
      if inBin > 0, below + inBin >= wanted {
        return (Float(index) + Float((wanted - below) / inBin)) * Self.binWidth
      }
      below += inBin
    }
    return Float(Self.binCount) * Self.binWidth
  }
}

extension SpeedHistogram {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) { try coder.code(&bins) }
}
