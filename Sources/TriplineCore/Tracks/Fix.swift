/// One recorded position of a vehicle.
///
/// A fixed-size value without references, so that batches of fixes are plain memory. Values a source does not have are
/// kept as `NaN` (or `Int64.min` for the time of receipt) and read through the optional properties.
public struct Fix: Sendable, BitwiseCopyable {
  /// Event time: milliseconds since 1970-01-01T00:00:00Z, of the position itself.
  public var time: Int64
  /// Time of receipt in milliseconds UTC, or `Int64.min` where the source does not say.
  public var receivedOrMissing: Int64
  /// Degrees north.
  public var latitude: Double
  /// Degrees east.
  public var longitude: Double
  /// Speed over ground in metres a second as the receiver reported it, or `NaN`.
  public var speedOrNaN: Float
  /// Course over ground in degrees clockwise from north, or `NaN`.
  public var courseOrNaN: Float
  /// Height in metres above the datum the source uses, or `NaN`.
  public var altitudeOrNaN: Float
  /// Radius of horizontal accuracy in metres, or `NaN`. The input gate turns values of 0 and less into `NaN`.
  public var accuracyOrNaN: Float
  /// Hundredths of a metre a second; 0 for none.
  var speedLimitCode: UInt16 = 0
  /// Fixes of the same time that were dropped for this one: repeated ones, and those at another position.
  var duplicates: UInt8 = 0
  var conflicts: UInt8 {
    get { packed & 63 }
    set { packed = packed & 192 | min(newValue, 63) }
  }
  /// 0 where the source does not say, 1 for off, 2 for on.
  var ignitionCode: UInt8 {
    get { packed >> 6 }
    set { packed = packed & 63 | newValue << 6 }
  }
  /// The two in one byte: with 60 bytes a fix that waits and the place of the next one fill a line of memory.
  private var packed: UInt8 = 0
  /// Dense index of what the engine keeps state for: a vehicle in a live feed, a track in a recorded file.
  public var vehicle: UInt32
  /// 0-based number of the row within its track in the order of the source, so that evidence can name it.
  public var sequence: UInt32

  /// Creates a fix; everything a source may lack is optional.
  public init(
    vehicle: UInt32, time: Int64, latitude: Double, longitude: Double, speed: Float? = nil, course: Float? = nil,
    altitude: Float? = nil, accuracy: Float? = nil, received: Int64? = nil, speedLimit: Float? = nil,
    ignition: Bool? = nil, sequence: UInt32 = 0
  ) {
    self.vehicle = vehicle
    self.time = time
    self.latitude = latitude
    self.longitude = longitude
    self.speedOrNaN = speed ?? .nan
    self.courseOrNaN = course ?? .nan
    self.altitudeOrNaN = altitude ?? .nan
    self.accuracyOrNaN = accuracy ?? .nan
    self.receivedOrMissing = received ?? .min
    self.sequence = sequence
    self.speedLimit = speedLimit
    self.ignition = ignition
  }

  /// Whether `normalize` would change nothing.
  ///
  /// It is asked first: a fix that is read whole right behind a change of some of its fields waits for that longer than all of
  /// this takes.
  @inline(__always)
  var isNormal: Bool {
    Fix.isNormal(speedOrNaN) && Fix.isNormal(courseOrNaN) && (accuracyOrNaN > 0 || accuracyOrNaN.isNaN)
      && longitude >= -180 && longitude < 180
  }

  /// Whether a value is NaN, or finite and not below 0, by its bits.
  @inline(__always)
  private static func isNormal(_ value: Float) -> Bool {
    value.bitPattern < Float.infinity.bitPattern || value.isNaN
  }

  /// Takes what no receiver means for missing: speeds and courses below 0 or without an end, accuracies of 0 and less. Whole turns
  /// are taken off the longitude.
  mutating func normalize() {
    speedOrNaN = speedOrNaN >= 0 && speedOrNaN < .infinity ? abs(speedOrNaN) : .nan
    courseOrNaN = courseOrNaN >= 0 && courseOrNaN < .infinity ? abs(courseOrNaN) : .nan
    if !(accuracyOrNaN > 0) { accuracyOrNaN = .nan }
    longitude = wrappedLongitude(longitude)
  }

  /// The position.
  public var coordinate: Coordinate { Coordinate(latitude: latitude, longitude: longitude) }
  /// Reported speed in metres a second.
  public var speed: Float? { speedOrNaN.isNaN ? nil : speedOrNaN }
  /// Reported course in degrees clockwise from north.
  public var course: Float? { courseOrNaN.isNaN ? nil : courseOrNaN }
  /// Reported altitude in metres.
  public var altitude: Float? { altitudeOrNaN.isNaN ? nil : altitudeOrNaN }
  /// Reported accuracy radius in metres.
  public var accuracy: Float? { accuracyOrNaN.isNaN ? nil : accuracyOrNaN }
  /// The speed allowed there, in metres a second, to a hundredth; none that is not above 0, and none above 655 m/s.
  public var speedLimit: Float? {
    get { speedLimitCode == 0 ? nil : Float(speedLimitCode) / 100 }
    set {
      let hundredths = ((newValue ?? 0) * 100).rounded()
      speedLimitCode = hundredths > 0 && hundredths <= 65_535 ? UInt16(hundredths) : 0
    }
  }
  @inline(__always) var speedLimitOrNaN: Float { speedLimitCode == 0 ? .nan : Float(speedLimitCode) / 100 }
  /// Whether the ignition or the engine is on.
  public var ignition: Bool? {
    get { ignitionCode == 0 ? nil : ignitionCode == 2 }
    set { ignitionCode = newValue.map { $0 ? 2 : 1 } ?? 0 }
  }
  /// Time of receipt in milliseconds UTC.
  public var received: Int64? { receivedOrMissing == .min ? nil : receivedOrMissing }
}
