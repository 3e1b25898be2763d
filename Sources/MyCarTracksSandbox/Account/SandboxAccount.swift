/// What an account of the sandbox has: vehicles, their tracks, and fences.
public struct SandboxAccount: Sendable {
  /// A vehicle.
  public struct Vehicle: Sendable, Hashable {
    /// Its id.
    public var id: Int64
    /// Its name, which another one may have too.
    public var name: String
    /// The group it is in.
    public var group: Int64
    /// Who drives it.
    public var driver: Int64

    /// Creates a vehicle.
    public init(id: Int64, name: String, group: Int64 = 7, driver: Int64 = 1) {
      self.id = id
      self.name = name
      self.group = group
      self.driver = driver
    }
  }

  /// A place with a radius, or with corners.
  public struct Fence: Sendable, Hashable {
    /// Its id.
    public var id: Int64
    /// Its name.
    public var name: String
    /// Degrees north.
    public var latitude: Double
    /// Degrees east.
    public var longitude: Double
    /// Metres; 0 where it has corners.
    public var radius: Double
    /// Its corners, degrees north and east in turn; empty where it has a radius.
    public var corners: [Double]

    /// Creates a fence.
    public init(
      id: Int64, name: String, latitude: Double, longitude: Double, radius: Double, corners: [Double] = []
    ) {
      self.id = id
      self.name = name
      self.latitude = latitude
      self.longitude = longitude
      self.radius = radius
      self.corners = corners
    }
  }

  /// The vehicles; a track names its own by the index.
  public private(set) var vehicles: [Vehicle] = []
  /// The tracks, in the order of their ids.
  public private(set) var tracks: [SandboxTrack] = []
  /// The fences.
  public var fences: [Fence] = []
  private var pointCount: Int64 = 0

  /// Creates an account without anything.
  public init() {}

  /// Adds a vehicle and returns its index.
  public mutating func addVehicle(named name: String) -> Int {
    let number = Int64(vehicles.count)
    // Two groups, and a driver for each.
    vehicles.append(Vehicle(id: 101 + number, name: name, group: 7 + number % 2, driver: 501 + number))
    return vehicles.count - 1
  }

  /// Adds a track of a vehicle; one without points is left out.
  ///
  /// - Precondition: the vehicle is one of this account.
  public mutating func addTrack(of vehicle: Int, _ points: [SandboxPoint]) {
    precondition(vehicles.indices.contains(vehicle), "there is no vehicle \(vehicle)")
    guard !points.isEmpty else { return }
    tracks.append(
      SandboxTrack(
        id: 90_001 + Int64(tracks.count), vehicle: vehicle, points: points, firstPointID: 7_000_001 + pointCount))
    pointCount += Int64(points.count)
  }

  /// The latest time of any point, or `nil`.
  public var end: Int64? { tracks.lazy.flatMap { $0.points.lazy.map(\.uploaded) }.max() }
}
