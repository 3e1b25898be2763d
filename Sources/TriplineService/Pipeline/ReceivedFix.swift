package import TriplineCore

/// A fix as it comes from a feed, whose vehicle has no index yet.
package struct ReceivedFix: Sendable {
  /// The vehicle's id in the account.
  package var vehicleID: String
  /// Its name, where the feed says it.
  package var vehicleName: String?
  /// The fix; the index of its vehicle does not count.
  package var fix: Fix

  package init(vehicleID: String, vehicleName: String? = nil, fix: Fix) {
    self.vehicleID = vehicleID
    self.vehicleName = vehicleName
    self.fix = fix
  }
}
