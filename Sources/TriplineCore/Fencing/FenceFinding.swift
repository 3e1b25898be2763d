/// Something about a drawn fence that its owner should know.
public struct FenceFinding: Sendable, Equatable, CustomStringConvertible {
  /// The kinds of finding.
  public enum Kind: String, Sendable, CaseIterable {
    /// The fence cannot be used at all.
    case unusable
    /// The boundary crosses itself, or runs along itself.
    case selfCrossing = "self-crossing"
    /// A ring touches itself in a point.
    case selfTouching = "self-touching"
    /// A hole lies outside its outline.
    case holeOutside = "hole-outside"
    /// The last corner of a ring is not the first again.
    case unclosed
    /// A corner stands twice in a row.
    case duplicateCorner = "duplicate-corner"
    /// A ring without an area.
    case zeroArea = "zero-area"
    /// An area so thin that receivers cannot tell inside from outside.
    case sliver
    /// Smaller than the accuracy of the fixes in it.
    case smallForAccuracy = "small-for-accuracy"
    /// Smaller than the way between two fixes.
    case smallForSampling = "small-for-sampling"
  }

  /// The kind of finding.
  public var kind: Kind
  /// The fence's id.
  public var fenceID: String
  /// 0-based polygon, and ring in it, of which 0 is the outline.
  public var polygon: Int?, ring: Int?
  /// Where.
  public var coordinate: Coordinate?
  /// What is wrong and what to do.
  public var message: String

  /// Creates a finding.
  public init(
    kind: Kind, fenceID: String, polygon: Int? = nil, ring: Int? = nil, coordinate: Coordinate? = nil, message: String
  ) {
    self.kind = kind
    self.fenceID = fenceID
    self.polygon = polygon
    self.ring = ring
    self.coordinate = coordinate
    self.message = message
  }

  /// Whether the fence is invalid by the rules of OGC Simple Features, so that tools disagree about what is inside.
  public var isInvalid: Bool {
    switch kind {
    case .unusable, .selfCrossing, .selfTouching, .holeOutside, .zeroArea: true
    case .unclosed, .duplicateCorner, .sliver, .smallForAccuracy, .smallForSampling: false
    }
  }

  /// Fence, place and message on one line; polygons and rings count from 1 there.
  public var description: String {
    var place = "fence \"\(fenceID)\""
    if let polygon { place += ", polygon \(polygon + 1)" }
    if let ring { place += ", ring \(ring + 1)" }
    if let coordinate { place += ", at \(coordinate)" }
    return "\(place): \(kind.rawValue): \(message)"
  }
}
