import TriplineCore
import TriplineJSON

/// A projection that several features share: making one takes longer than using it.
final class FenceProjection {
  private let projection: Projection

  fileprivate init(_ projection: consuming Projection) { self.projection = projection }

  func transform(_ points: inout [Projection.Point]) throws(ProjectionError) { try projection.transform(&points) }
}

/// The reference systems of one document, each found once.
struct FenceProjections {
  private var known: [String: FenceProjection] = [:]
  private static let advice = "Reproject the file to WGS 84 longitude and latitude (EPSG:4326)."

  /// The way from a reference system by its name to WGS 84 longitude and latitude; `nil` where it is that.
  ///
  /// - Throws: `unknownCRS` where PROJ does not know it.
  mutating func find(_ name: String, at place: FormatError.Place) throws(FormatError) -> FenceProjection? {
    let normal = name.uppercased().replacing("::", with: ":")
    let isGeographic = ["CRS84", "EPSG:4326", "EPSG:9.8.1:4326", "EPSG/0/4326"].contains { normal.hasSuffix($0) }
    if isGeographic { return nil }
    if let known = known[name] { return known }
    do throws(ProjectionError) {
      let projection = FenceProjection(try Projection(from: name, to: "EPSG:4326"))
      known[name] = projection
      return projection
    } catch {
      throw FormatError(
        .unknownCRS, "its coordinate reference system cannot be read: \(error). \(Self.advice)", at: place)
    }
  }

  /// The same for a member `crs` of GeoJSON.
  mutating func find(_ crs: JSONValue, at place: FormatError.Place) throws(FormatError) -> FenceProjection? {
    let properties = crs.object?["properties"]?.object
    guard let name = properties?["name"]?.string ?? properties?["code"]?.identifier.map({ "EPSG:\($0)" }) else {
      throw FormatError(
        .unknownCRS, "its coordinate reference system has no name. \(Self.advice)", at: place)
    }
    return try find(name, at: place)
  }
}
