/// A closed line: the outline of an area or of a hole in it.
///
/// Edges are straight lines in the plane of longitude and latitude, the one model of an edge in the whole product; the
/// line from the last coordinate back to the first is part of the ring whether or not the first is repeated.
public struct Ring: Hashable, Sendable {
  /// The corners in order.
  public var coordinates: [Coordinate]

  /// Creates a ring from its corners.
  public init(_ coordinates: [Coordinate]) { self.coordinates = coordinates }
}

/// An area with holes. The boundary of the area and of its holes belongs to the area.
public struct Polygon: Hashable, Sendable {
  /// The outline.
  public var exterior: Ring
  /// The holes.
  public var holes: [Ring]

  /// Creates a polygon from its outline and its holes, in any direction of rotation.
  public init(exterior: Ring, holes: [Ring] = []) {
    self.exterior = exterior
    self.holes = holes
  }

  /// The outline and the holes, in this order.
  public var rings: [Ring] { [exterior] + holes }
}
