/// Why a fence cannot be used, and where in it the reason lies.
public struct FenceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of trouble; more may come.
  public struct Code: Hashable, Sendable {
    private enum Value {
      case coordinateOutOfRange, tooFewCorners, radius, emptyBox, repeatedID, noPolygon, tooManyTurns, width,
        tooNearPole, altitudes
    }
    private let value: Value
    private init(_ value: Value) { self.value = value }

    /// A coordinate that is not finite, a latitude beyond 90 or a longitude beyond 540 degrees.
    public static let coordinateOutOfRange = Code(.coordinateOutOfRange)
    /// A ring with fewer than three different corners, or a line with fewer than two different points.
    public static let tooFewCorners = Code(.tooFewCorners)
    /// A circle whose radius is not a positive number of metres, or reaches around the Earth.
    public static let radius = Code(.radius)
    /// A box whose south lies north of its north.
    public static let emptyBox = Code(.emptyBox)
    /// Two fences with one id.
    public static let repeatedID = Code(.repeatedID)
    /// A polygon fence without any polygon.
    public static let noPolygon = Code(.noPolygon)
    /// A corridor whose width is not a positive number of metres, or more than 20 km.
    public static let width = Code(.width)
    /// A corridor beyond 85 degrees of latitude, where no plane fits it.
    public static let tooNearPole = Code(.tooNearPole)
    /// A floor that is not below the ceiling.
    public static let altitudes = Code(.altitudes)
    /// A ring that goes around the Earth more than once, or a hole that goes around a pole its outline does not hold.
    public static let tooManyTurns = Code(.tooManyTurns)
  }

  /// The kind of trouble.
  public let code: Code
  /// The fence's id.
  public let fenceID: String
  /// 0-based polygon, ring in it (0 is the outline) and corner in that, as far as known.
  public let polygon: Int?, ring: Int?, corner: Int?
  /// What is wrong and what to do about it.
  public let message: String

  /// The fence, the place in it, counted from 1, and the message.
  public var description: String {
    var place = "fence \"\(fenceID)\""
    if let polygon { place += ", polygon \(polygon + 1)" }
    if let ring { place += ", ring \(ring + 1)" }
    if let corner { place += ", corner \(corner + 1)" }
    return "\(place): \(message)"
  }

  init(_ code: Code, fence: String, polygon: Int? = nil, ring: Int? = nil, corner: Int? = nil, _ message: String) {
    self.code = code
    self.fenceID = fence
    self.polygon = polygon
    self.ring = ring
    self.corner = corner
    self.message = message
  }
}
