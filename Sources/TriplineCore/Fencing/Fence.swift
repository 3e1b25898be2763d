/// A geofence as its owner drew it: an id, an optional name, a shape and perhaps bounds of altitude.
public struct Fence: Sendable, Hashable {
  /// The owner's id, unique within a set.
  public var id: String
  /// A name for people.
  public var name: String?
  /// The area.
  public var shape: Shape
  /// The lowest height that belongs to it, in metres above the datum that the fixes use; `nil` for none.
  public var floor: Double?
  /// The greatest height that belongs to it; `nil` for none.
  public var ceiling: Double?
  /// Words by which rules choose fences (`FenceRule.Selection.tags`).
  public var tags: Set<String>
  /// When its time is over, in milliseconds UTC; `nil` for never. For an engine's fix of that time or
  /// later it is not there; lookups in a set know no time, and find it.
  public var expires: Int64?
  /// How fast may be driven inside, in metres a second; `nil` where it does not say.
  public var speedLimit: Double?
  /// What else its owner says of it, by name.
  public var attributes: [String: String]

  /// Creates a fence.
  public init(
    id: String, name: String? = nil, shape: Shape, floor: Double? = nil, ceiling: Double? = nil,
    tags: Set<String> = [], expires: Int64? = nil, speedLimit: Double? = nil, attributes: [String: String] = [:]
  ) {
    self.id = id
    self.name = name
    self.shape = shape
    self.floor = floor
    self.ceiling = ceiling
    self.tags = tags
    self.expires = expires
    self.speedLimit = speedLimit
    self.attributes = attributes
  }

  /// The heights it is between.
  var altitudes: AltitudeBand { AltitudeBand(floor: floor ?? -.infinity, ceiling: ceiling ?? .infinity) }

  /// The kinds of area a fence can have.
  public enum Shape: Sendable, Hashable {
    /// One or more polygons with holes. A longitude may go past ±180 to show that the shape goes on across the
    /// antimeridian; a ring that jumps by more than 180 degrees between two corners is read as crossing it.
    case polygons([Polygon])
    /// Everything within `radius` metres of `center`, by WGS 84 geodesic distance.
    case circle(center: Coordinate, radius: Double)
    /// Everything between two parallels and two meridians. `west` greater than `east` means across ±180.
    case box(south: Double, west: Double, north: Double, east: Double)
    /// Everything within half of `width` metres of a line, whose pieces are straight in longitude and latitude. The line
    /// has a direction, from its first point to its last.
    case corridor(path: [Coordinate], width: Double)
  }
}

/// Where a position lies with respect to a fence. The boundary counts as inside.
public enum Location: UInt8, Sendable, BitwiseCopyable {
  /// Outside.
  case exterior
  /// Exactly on an edge or a corner.
  case boundary
  /// Inside.
  case interior
}
