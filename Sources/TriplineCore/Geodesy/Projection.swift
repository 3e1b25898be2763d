import CProj

/// A coordinate transformation by PROJ.
///
/// One owner by type: PROJ wants one context a thread, and a context with its transformation is therefore a value that
/// can move between tasks but never be shared. Give it batches; a call a coordinate costs twice.
public struct Projection: ~Copyable {
  /// A planar pair: easting and northing in the unit of the CRS, or longitude and latitude in degrees.
  public struct Point: Sendable, BitwiseCopyable, Equatable {
    /// Easting, or degrees east.
    public var x: Double
    /// Northing, or degrees north.
    public var y: Double
    /// Height, where the transformation uses one; otherwise 0.
    public var z: Double

    /// Creates a point.
    public init(x: Double, y: Double, z: Double = 0) {
      self.x = x
      self.y = y
      self.z = z
    }

    /// Longitude and latitude of a coordinate as a point of a geographic CRS.
    public init(_ coordinate: Coordinate) { self.init(x: coordinate.longitude, y: coordinate.latitude) }
  }

  /// The way through a transformation.
  public enum Direction: Sendable {
    /// From the source CRS to the target.
    case forward
    /// From the target CRS back to the source.
    case inverse
  }

  /// What the transformation does, for messages: the two CRS, or the operation.
  public let name: String
  private let context: OpaquePointer
  private let transformation: OpaquePointer
  private let anglesIn: (forward: Bool, inverse: Bool)
  private let anglesOut: (forward: Bool, inverse: Bool)

  /// The transformation between two coordinate reference systems, each anything PROJ knows: `EPSG:32633`, a PROJ
  /// string, WKT. Axis order is always x (east) before y (north), degrees for geographic systems.
  ///
  /// - Throws: `ProjectionError` that names the system PROJ does not know.
  public init(from source: String, to target: String) throws(ProjectionError) {
    let context = try Projection.makeContext()
    for system in [source, target] {
      guard let crs = proj_create(context, system), proj_is_crs(crs) != 0 else {
        let reason = Projection.reason(proj_context_errno(context), context)
        proj_context_destroy(context)
        throw ProjectionError(code: .unknownSystem, subject: system, reason: reason)
      }
      proj_destroy(crs)
    }
    guard let raw = proj_create_crs_to_crs(context, source, target, nil) else {
      let reason = Projection.reason(proj_context_errno(context), context)
      proj_context_destroy(context)
      throw ProjectionError(code: .noTransformation, subject: "\(source) to \(target)", reason: reason)
    }
    guard let normalized = proj_normalize_for_visualization(context, raw) else {
      let reason = Projection.reason(proj_errno(raw), context)
      proj_destroy(raw)
      proj_context_destroy(context)
      throw ProjectionError(code: .noTransformation, subject: "\(source) to \(target)", reason: reason)
    }
    proj_destroy(raw)
    self.init(name: "\(source) to \(target)", context: context, transformation: normalized)
  }

  /// A PROJ operation or pipeline (`+proj=…`) that is not a pair of reference systems. Geographic coordinates are in
  /// degrees, longitude first.
  ///
  /// - Throws: `ProjectionError` that names the operation PROJ does not accept.
  public init(operation: String) throws(ProjectionError) {
    let context = try Projection.makeContext()
    guard let transformation = proj_create(context, operation), proj_is_crs(transformation) == 0 else {
      let reason = Projection.reason(proj_context_errno(context), context)
      proj_context_destroy(context)
      throw ProjectionError(code: .unknownSystem, subject: operation, reason: reason)
    }
    self.init(name: operation, context: context, transformation: transformation)
  }

  private init(name: String, context: OpaquePointer, transformation: OpaquePointer) {
    self.name = name
    self.context = context
    self.transformation = transformation
    anglesIn = (
      proj_angular_input(transformation, PJ_FWD) != 0, proj_angular_input(transformation, PJ_INV) != 0
    )
    anglesOut = (
      proj_angular_output(transformation, PJ_FWD) != 0, proj_angular_output(transformation, PJ_INV) != 0
    )
  }

  deinit {
    proj_destroy(transformation)
    proj_context_destroy(context)
  }

  /// Transforms all points in place, in one call of PROJ.
  ///
  /// - Throws: `ProjectionError` that names the first coordinate, as given, outside the area the transformation can
  ///   handle; the other points have been transformed, each failed one is infinite.
  /// - Complexity: O(*n*), 0.1 to 0.2 microseconds a point.
  public func transform(
    _ points: inout [Point], direction: Direction = .forward
  ) throws(ProjectionError) {
    guard !points.isEmpty else { return }
    let way = direction == .forward ? PJ_FWD : PJ_INV
    let radiansIn = direction == .forward ? anglesIn.forward : anglesIn.inverse
    let radiansOut = direction == .forward ? anglesOut.forward : anglesOut.inverse
    let given = points
    proj_errno_reset(transformation)
    let firstFailure = points.withUnsafeMutableBufferPointer { buffer -> Int? in
      if radiansIn { Projection.scale(buffer, by: .pi / 180) }
      Projection.run(transformation, way, buffer)
      if radiansOut { Projection.scale(buffer, by: 180 / .pi) }
      return Projection.firstFailure(in: buffer)
    }
    guard let firstFailure else { return }
    throw ProjectionError(
      code: .outsideDomain, subject: "\(name) at x \(given[firstFailure].x), y \(given[firstFailure].y)",
      reason: Projection.reason(proj_errno(transformation), context))
  }

  /// The point a coordinate in degrees maps to.
  ///
  /// - Throws: `ProjectionError` that names the coordinate.
  public func project(_ coordinate: Coordinate) throws(ProjectionError) -> Point {
    var points = [Point(coordinate)]
    do throws(ProjectionError) {
      try transform(&points)
    } catch {
      throw ProjectionError(code: error.code, subject: "\(name) at \(coordinate)", reason: error.reason)
    }
    return points[0]
  }

  private static func makeContext() throws(ProjectionError) -> OpaquePointer {
    guard let context = proj_context_create() else {
      throw ProjectionError(code: .noTransformation, subject: "PROJ", reason: "no memory for a context")
    }
    proj_log_level(context, PJ_LOG_NONE)
    return context
  }

  private static func reason(_ code: Int32, _ context: OpaquePointer) -> String {
    guard code != 0, let text = proj_context_errno_string(context, code) else { return "PROJ gave no reason" }
    return String(cString: text)
  }

  private static func run(
    _ transformation: OpaquePointer, _ way: PJ_DIRECTION, _ buffer: UnsafeMutableBufferPointer<Point>
  ) {
    guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
    let stride = MemoryLayout<Point>.stride
    let count = buffer.count
    func column(_ offset: Int) -> UnsafeMutablePointer<Double> {
      (base + offset).assumingMemoryBound(to: Double.self)
    }
    proj_trans_generic(
      transformation, way, column(0), stride, count, column(8), stride, count, column(16), stride, count, nil, 0, 0)
  }

  private static func scale(_ buffer: UnsafeMutableBufferPointer<Point>, by factor: Double) {
    for index in buffer.indices {
      buffer[index].x *= factor
      buffer[index].y *= factor
    }
  }

  private static func firstFailure(in buffer: UnsafeMutableBufferPointer<Point>) -> Int? {
    buffer.firstIndex { !$0.x.isFinite || !$0.y.isFinite }
  }
}
