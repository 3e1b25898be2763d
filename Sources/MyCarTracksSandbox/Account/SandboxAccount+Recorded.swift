public import TriplineCore
public import TriplineFormats

extension SandboxAccount {
  /// How recorded times become those of the account.
  public enum Times: Sendable, Hashable {
    /// As they are.
    case recorded
    /// Each vehicle's are moved so that its last fix is at this moment, in milliseconds UTC.
    case ending(Int64)
  }

  /// How devices upload what they record.
  public struct Upload: Sendable, Hashable {
    /// Milliseconds from one upload to the next; 0 uploads each fix at once.
    public var interval: Int64
    /// Every so many vehicles one holds back what it records for two hours, as phones out of reach do; 0 for none.
    public var lateVehicles: Int

    /// Creates a way of uploading.
    public init(interval: Int64 = 0, lateVehicles: Int = 0) {
      self.interval = interval
      self.lateVehicles = lateVehicles
    }

    func moment(of time: Int64, vehicle: Int) -> Int64 {
      var interval = interval
      if lateVehicles > 0 && vehicle % lateVehicles == lateVehicles - 1 { interval = 2 * 3_600_000 }
      guard interval > 0 else { return time }
      // Devices do not upload at the same moment.
      let phase = Int64(vehicle) * 7919 % interval
      return (time - phase + interval - 1).flooredDivided(by: interval) * interval + phase
    }
  }

  /// The account with another way of uploading.
  public func uploading(_ upload: Upload) -> SandboxAccount {
    var account = SandboxAccount()
    account.fences = fences
    for vehicle in vehicles { _ = account.addVehicle(named: vehicle.name) }
    for track in tracks {
      account.addTrack(
        of: track.vehicle,
        track.points.map { point in
          var point = point
          point.uploaded = upload.moment(of: point.time, vehicle: track.vehicle)
          return point
        })
    }
    return account
  }

  /// The account with fences besides; of each shape its circle, or its outer ring: those of several parts, and holes, the API
  /// is not known to have.
  public func with(_ fences: [TriplineCore.Fence]) -> SandboxAccount {
    var account = self
    for fence in fences {
      let id = Int64(account.fences.count + 1)
      let name = fence.name ?? fence.id
      switch fence.shape {
      case .circle(let center, let radius):
        account.fences.append(
          Fence(id: id, name: name, latitude: center.latitude, longitude: center.longitude, radius: radius))
      case .polygons(let polygons):
        let corners = polygons.first?.exterior.coordinates.flatMap { [$0.latitude, $0.longitude] } ?? []
        account.fences.append(Fence(id: id, name: name, latitude: 0, longitude: 0, radius: 0, corners: corners))
      case .box(let south, let west, let north, let east):
        let corners = [south, west, south, east, north, east, north, west]
        account.fences.append(Fence(id: id, name: name, latitude: 0, longitude: 0, radius: 0, corners: corners))
      case .corridor: continue
      }
    }
    return account
  }

  /// What reading recorded tracks came to.
  public struct Recorded: Sendable {
    /// The account.
    public var account: SandboxAccount
    /// What reading came to.
    public var report: ReadReport
    /// Inputs that could not be read, or not to their end.
    public var failures: [FormatError]
  }

  /// Makes an account of recorded tracks: their vehicles, their tracks, their fixes. Fixes without a place on Earth are left
  /// out.
  public static func recorded(
    _ inputs: [InputFile], format: TrackFormat? = nil, times: Times = .recorded, upload: Upload = Upload()
  ) -> Recorded {
    let recorded = RecordedInputs(inputs, format: format)
    var account = SandboxAccount()
    var indices: [String: Int] = [:]
    var ends: [String: Int64] = [:]
    for track in recorded.tracks {
      guard let last = track.fixes.last else { continue }
      ends[track.track.vehicleID] = max(ends[track.track.vehicleID] ?? .min, last.time)
    }
    for track in recorded.tracks where !track.fixes.isEmpty {
      let name = track.track.vehicleID
      let vehicle = indices[name] ?? account.addVehicle(named: name)
      indices[name] = vehicle
      let shift: Int64 =
        switch times {
        case .recorded: 0
        case .ending(let end): end - (ends[name] ?? end)
        }
      account.addTrack(
        of: vehicle,
        track.fixes.map { fix in
          SandboxPoint(
            time: fix.time + shift, latitude: fix.latitude, longitude: fix.longitude, altitude: fix.altitude ?? .nan,
            speed: fix.speed ?? .nan,
            bearing: fix.course ?? .nan, accuracy: fix.accuracy ?? .nan)
        })
    }
    return Recorded(account: account.uploading(upload), report: recorded.report, failures: recorded.failures)
  }
}

extension Int64 {
  /// The quotient rounded down.
  func flooredDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
