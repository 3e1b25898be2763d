import Glibc
import TriplineCore

/// MEOS, the library of MobilityDB, as PyPI has it: `Scripts/bench` fetches it and names it in `TRIPLINE_MEOS`.
struct Meos: ~Copyable {
  /// A point that moves, or an area; MEOS never gets it back.
  typealias Object = OpaquePointer

  private let makeGeometry: @convention(c) (UnsafePointer<CChar>, Int32) -> Object?
  private let makePoint: @convention(c) (UnsafePointer<CChar>) -> Object?
  private let makePointOnSphere: @convention(c) (UnsafePointer<CChar>) -> Object?
  private let intersects: @convention(c) (Object, Object, Bool, Bool) -> Object?
  private let whenTrue: @convention(c) (Object) -> Object?
  private let spanCount: @convention(c) (Object) -> Int32
  private let spanAt: @convention(c) (Object, Int32) -> UnsafeMutableRawPointer?
  private let findStops: @convention(c) (Object, Double, UnsafeRawPointer) -> Object?
  private let sequenceCount: @convention(c) (Object) -> Int32
  private let instantCount: @convention(c) (Object) -> Int32
  private let findLength: @convention(c) (Object) -> Double
  private let findSpeed: @convention(c) (Object) -> Object?
  private let simplify: @convention(c) (Object, Double, Bool) -> Object?

  /// A length of time as PostgreSQL has it.
  private struct Interval {
    var microseconds: Int64
    var days: Int32 = 0
    var months: Int32 = 0
  }

  /// Loads the library; `nil` where it is not there.
  init?() {
    guard let path = getenv("TRIPLINE_MEOS"), let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
    func load<Function>(_ name: String, as type: Function.Type) -> Function {
      guard let symbol = dlsym(library, name) else { preconditionFailure("MEOS has no \(name)") }
      return unsafeBitCast(symbol, to: type)
    }
    load("meos_initialize", as: (@convention(c) () -> Void).self)()
    load("meos_initialize_timezone", as: (@convention(c) (UnsafePointer<CChar>) -> Void).self)("UTC")
    // Without it there are no points on the Earth.
    if let systems = getenv("TRIPLINE_MEOS_SYSTEMS") {
      load("meos_set_spatial_ref_sys_csv", as: (@convention(c) (UnsafePointer<CChar>) -> Void).self)(systems)
    }
    makeGeometry = load("geom_in", as: (@convention(c) (UnsafePointer<CChar>, Int32) -> Object?).self)
    makePoint = load("tgeompoint_in", as: (@convention(c) (UnsafePointer<CChar>) -> Object?).self)
    makePointOnSphere = load("tgeogpoint_in", as: (@convention(c) (UnsafePointer<CChar>) -> Object?).self)
    instantCount = load("temporal_num_instants", as: (@convention(c) (Object) -> Int32).self)
    findLength = load("tpoint_length", as: (@convention(c) (Object) -> Double).self)
    findSpeed = load("tpoint_speed", as: (@convention(c) (Object) -> Object?).self)
    simplify = load("temporal_simplify_dp", as: (@convention(c) (Object, Double, Bool) -> Object?).self)
    intersects = load("tintersects_tgeo_geo", as: (@convention(c) (Object, Object, Bool, Bool) -> Object?).self)
    whenTrue = load("tbool_when_true", as: (@convention(c) (Object) -> Object?).self)
    spanCount = load("spanset_num_spans", as: (@convention(c) (Object) -> Int32).self)
    spanAt = load("spanset_span_n", as: (@convention(c) (Object, Int32) -> UnsafeMutableRawPointer?).self)
    findStops = load(
      "temporal_stops", as: (@convention(c) (Object, Double, UnsafeRawPointer) -> Object?).self)
    sequenceCount = load("temporal_num_sequences", as: (@convention(c) (Object) -> Int32).self)
  }

  /// A moving point with straight lines between its positions, at milliseconds UTC: in degrees, or in metres on the Earth.
  func point(_ fixes: some Collection<Fix>, isOnSphere: Bool = false) throws -> Object {
    let text = fixes.map { "POINT(\($0.longitude) \($0.latitude))@\(Self.time($0.time))" }.joined(separator: ",")
    guard let point = isOnSphere ? makePointOnSphere("[\(text)]") : makePoint("[\(text)]") else {
      throw BenchmarkError(description: "MEOS does not take the track")
    }
    return point
  }

  func area(_ polygon: Polygon) throws -> Object {
    let rings = polygon.rings.map { ring -> String in
      let corners =
        ring.coordinates.first == ring.coordinates.last
        ? ring.coordinates : ring.coordinates + ring.coordinates.prefix(1)
      return "(" + corners.map { "\($0.longitude) \($0.latitude)" }.joined(separator: ",") + ")"
    }
    guard let area = makeGeometry("POLYGON(\(rings.joined(separator: ",")))", -1) else {
      throw BenchmarkError(description: "MEOS does not take the polygon")
    }
    return area
  }

  /// When a point is inside of an area: MEOS's set of periods, or `nil` for never.
  func periods(of point: Object, in area: Object) -> Object? {
    guard let states = intersects(point, area, false, false) else { return nil }
    defer { free(UnsafeMutableRawPointer(states)) }
    return whenTrue(states)
  }

  /// Such a set as pairs of microseconds UTC, and gives it back.
  func take(_ periods: Object?) -> [(start: Int64, end: Int64)] {
    guard let periods else { return [] }
    defer { free(UnsafeMutableRawPointer(periods)) }
    // Microseconds since the year 2000.
    let epoch: Int64 = 946_684_800_000_000
    return (0..<spanCount(periods)).compactMap { index in
      guard let span = spanAt(periods, index + 1) else { return nil }
      return (
        span.load(fromByteOffset: 8, as: Int64.self) + epoch, span.load(fromByteOffset: 16, as: Int64.self) + epoch
      )
    }
  }

  func give(back object: Object?) { object.map { free(UnsafeMutableRawPointer($0)) } }

  /// The number of stops: stretches of at least so many seconds within so many units of the positions.
  func stopCount(of point: Object, within distance: Double, seconds: Int64) -> Int {
    var interval = Interval(microseconds: seconds * 1_000_000)
    guard let stops = findStops(point, distance, &interval) else { return 0 }
    defer { free(UnsafeMutableRawPointer(stops)) }
    return Int(sequenceCount(stops))
  }

  /// Metres, of a point on the Earth.
  func length(of point: Object) -> Double { findLength(point) }

  /// The number of speeds.
  func speedCount(of point: Object) -> Double {
    guard let speeds = findSpeed(point) else { return 0 }
    defer { free(UnsafeMutableRawPointer(speeds)) }
    return Double(instantCount(speeds))
  }

  /// The positions that are left by Douglas and Peucker, from the line or from the place at the time.
  func simplifiedCount(of point: Object, tolerance: Double, byTime: Bool) -> Int {
    guard let left = simplify(point, tolerance, byTime) else { return 0 }
    defer { free(UnsafeMutableRawPointer(left)) }
    return Int(instantCount(left))
  }

  private static func time(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    return
      "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2)) \(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2)).\(digits(Int32(milliseconds % 1000), 3))+00"
  }
}
