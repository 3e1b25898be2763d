public import TriplineCore

/// States as bytes. Alerts stand in them by their ids: what they are is kept elsewhere, once.
extension AlertMachine.State {
  private static let version: UInt8 = 1

  /// An alert that fires, by its id.
  private struct Kept {
    var vehicle: UInt32 = 0
    var id = ""
    var due: Int64?
  }

  /// The state as bytes; of its alerts their vehicles, their ids and when they are over, and nothing else.
  public var bytes: [UInt8] {
    var coder = SnapshotCoder()
    var kept = alerts.map { Kept(vehicle: $0.vehicle, id: $0.alert.id, due: $0.due) }
    var state = self
    // Writing cannot fail: the errors of the coder are those of reading.
    try? state.code(&kept, &coder)
    var checksum = coder.checksum
    try? coder.code(&checksum)
    return coder.finish()
  }

  /// Reads a state.
  ///
  /// - Parameters:
  ///   - bytes: the bytes that `bytes` gave.
  ///   - alert: what an alert is, as it fires, by its id; `nil` for one that is kept no longer, which has been over for long then.
  /// - Throws: `SnapshotError`, and what `alert` throws.
  public init(from bytes: [UInt8], alert: (String) throws -> Alert?) throws {
    self.init()
    var coder = SnapshotCoder(reading: bytes)
    try coder.verifyChecksum()
    var kept: [Kept] = []
    try code(&kept, &coder)
    guard coder.isAtEnd else { throw SnapshotError.damaged(offset: coder.offset) }
    alerts = try kept.compactMap { one in
      try alert(one.id).map { StandingAlert(vehicle: one.vehicle, alert: $0, due: one.due) }
    }
  }

  private mutating func code(_ kept: inout [Kept], _ coder: inout SnapshotCoder) throws(SnapshotError) {
    var version = Self.version
    try coder.code(&version)
    guard version == Self.version else { throw .unknownVersion(UInt32(version)) }
    try coder.code(&kept, empty: Kept()) { (one, coder) throws(SnapshotError) in
      try coder.code(&one.vehicle)
      try coder.code(&one.id)
      try coder.code(&one.due, otherwise: 0)
    }
    try coder.code(&vehicles, empty: AlertMachine.VehicleState(vehicle: 0)) { (one, coder) throws(SnapshotError) in
      try one.code(&coder)
    }
    try coder.code(&since, empty: 0) { (time, coder) throws(SnapshotError) in try coder.code(&time) }
  }
}

extension AlertMachine.VehicleState {
  fileprivate mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&vehicle)
    try coder.code(&fences, empty: []) { (fences, coder) throws(SnapshotError) in
      try coder.code(&fences, empty: "") { (fence, coder) throws(SnapshotError) in try coder.code(&fence) }
    }
    try coder.code(&time, otherwise: 0)
    var place = coordinate ?? Coordinate(latitude: .nan, longitude: .nan)
    try coder.code(&place.latitude)
    try coder.code(&place.longitude)
    coordinate = place.latitude.isNaN ? nil : place
    var known = stays ?? [:]
    try coder.code(&known, empty: []) { (stays, coder) throws(SnapshotError) in
      try coder.code(&stays, empty: FenceStay(fence: "", name: nil, start: 0)) { (stay, coder) throws(SnapshotError) in
        try stay.code(&coder)
      }
    }
    stays = known.isEmpty ? nil : known
    try coder.code(&ignition, otherwise: 0)
  }
}

extension FenceStay {
  fileprivate mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&fence)
    var isNamed = name != nil
    var text = name ?? ""
    try coder.code(&isNamed)
    try coder.code(&text)
    name = isNamed ? text : nil
    try coder.code(&start)
    try coder.code(&end, otherwise: 0)
  }
}
