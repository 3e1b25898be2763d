extension SandboxAccount {
  /// A synthetic account: vehicles that drive eastwards at 10 m/s along a parallel, each on its own.
  ///
  /// - Parameters:
  ///   - vehicles: how many vehicles it has.
  ///   - tracks: how many tracks each has, one a day up to the day of `end`.
  ///   - points: how many points a track has.
  ///   - variation: by how many points at most a track may have fewer.
  ///   - interval: milliseconds from one point to the next.
  ///   - end: when the last track ends, in milliseconds UTC; of nine vehicles in ten it is up to nine seconds before.
  public static func synthetic(
    vehicles: Int, tracks: Int, points: Int, variation: Int = 0, interval: Int64 = 1000, end: Int64 = 1_780_000_000_000
  ) -> SandboxAccount {
    var account = SandboxAccount()
    for number in 0..<vehicles {
      let vehicle = account.addVehicle(named: "Van \(number + 1)")
      for day in stride(from: tracks - 1, through: 0, by: -1) {
        let points = points - (number * 7919 + day * 104_729) % (variation + 1)
        let start = end - Int64(day) * 86_400_000 - Int64(points - 1) * interval - Int64(number % 10) * 1000
        account.addTrack(
          of: vehicle, (0..<points).map { point(start, $0, interval, latitude: 48 + Double(number) * 0.01) })
      }
    }
    return account
  }

  /// A point of a synthetic drive: 10 m/s, in degrees of longitude at 48° north.
  static func point(_ start: Int64, _ index: Int, _ interval: Int64, latitude: Double) -> SandboxPoint {
    let seconds = Double(index) * Double(interval) / 1000
    return SandboxPoint(
      time: start + Int64(index) * interval, latitude: latitude, longitude: 17 + seconds * 10 / 74_600,
      altitude: 150 + Float(index % 7), speed: 10, bearing: 90, accuracy: 5)
  }
}
