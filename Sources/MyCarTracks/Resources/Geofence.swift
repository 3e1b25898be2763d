import TriplineJSON

/// A geofence of an account: a place with a radius, as the vendor's help describes it, or a polygon (ASSUMED).
///
/// That the API lists them is documented; path and shape of the rows are ASSUMED.
public struct Geofence: DecodableResource, Hashable {
  /// What it covers.
  public enum Shape: Sendable, Hashable {
    /// A circle: degrees and metres.
    case circle(latitude: Double, longitude: Double, radius: Double)
    /// A ring of corners as latitude and longitude, in order, the first one not repeated at the end.
    case polygon([Corner])
  }

  /// A corner of a polygon.
  public struct Corner: Sendable, Hashable {
    /// Degrees north.
    public var latitude: Double
    /// Degrees east.
    public var longitude: Double

    /// Creates a corner.
    public init(latitude: Double, longitude: Double) {
      self.latitude = latitude
      self.longitude = longitude
    }
  }

  /// Its id.
  public var id: ResourceID
  /// Its name.
  public var name: String?
  /// What it covers.
  public var shape: Shape

  /// The id.
  public var resourceID: ResourceID? { id }

  /// Creates a geofence.
  public init(id: ResourceID, name: String? = nil, shape: Shape) {
    self.id = id
    self.name = name
    self.shape = shape
  }

  init?(_ row: Row) {
    guard let id = row.id(.id), let shape = Self.shape(row) else { return nil }
    self.init(id: id, name: row.text(.name), shape: shape)
  }

  private static func shape(_ row: Row) -> Shape? {
    if let radius = row.number(.radius), radius > 0, let (latitude, longitude) = (Row(row[.payload]) ?? row).coordinate
    {
      return .circle(latitude: latitude, longitude: longitude, radius: radius)
    }
    guard var corners = corners(row[.shape] ?? row[.coordinates]) else { return nil }
    if corners.count > 1 && corners.first == corners.last { corners.removeLast() }
    return corners.count >= 3 ? .polygon(corners) : nil
  }

  /// Corners as a list of objects, or as GeoJSON: pairs, rings of pairs (the outer one counts), or a geometry.
  private static func corners(_ value: JSONValue?) -> [Corner]? {
    if let geometry = value?.object {
      return corners(geometry["coordinates"] ?? geometry["points"])
    }
    guard let list = value?.array, let first = list.first else { return nil }
    if let ring = first.array, ring.first?.array != nil { return corners(first) }
    let corners = list.compactMap { corner -> Corner? in
      if let pair = corner.array {
        guard pair.count >= 2, let latitude = pair[1].number, let longitude = pair[0].number else { return nil }
        return Corner(latitude: latitude, longitude: longitude)
      }
      guard let (latitude, longitude) = Row(corner)?.coordinate else { return nil }
      return Corner(latitude: latitude, longitude: longitude)
    }
    return corners.count == list.count ? corners : nil
  }
}
