/// Why PROJ could not do what it was asked.
public struct ProjectionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of failure; more may come.
  public struct Code: Equatable, Sendable {
    private enum Value { case unknownSystem, noTransformation, outsideDomain }
    private let value: Value
    private init(_ value: Value) { self.value = value }

    /// The coordinate reference system or operation is not one PROJ knows.
    public static let unknownSystem = Code(.unknownSystem)
    /// PROJ knows both systems but no way between them.
    public static let noTransformation = Code(.noTransformation)
    /// A coordinate lies where the transformation is not defined.
    public static let outsideDomain = Code(.outsideDomain)
  }

  /// The kind of failure.
  public let code: Code
  /// The CRS, the operation or the coordinate it is about.
  public let subject: String
  /// PROJ's own reason.
  public let reason: String

  /// What failed and what to do about it.
  public var description: String {
    switch code {
    case .unknownSystem:
      "\"\(subject)\" is not a coordinate reference system that PROJ knows (\(reason)); "
        + "give an authority code such as EPSG:4326, a PROJ string or WKT"
    case .noTransformation:
      "no transformation from \(subject) (\(reason)); check that both systems cover the same body and area"
    default:
      "cannot transform \(subject) (\(reason)); the coordinate lies outside the area of the projection"
    }
  }
}
