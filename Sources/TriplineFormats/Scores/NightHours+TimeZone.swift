public import Foundation
public import TriplineCore

extension NightHours {
  /// The hours from 23:00 to 04:00 in a time zone, with all changes of its offset from 1970 to 2100.
  public init(in zone: TimeZone) {
    let end = Date(timeIntervalSince1970: 4_102_444_800)
    var time = Date(timeIntervalSince1970: 0)
    func offset(at time: Date) -> Offset {
      Offset(
        start: Int64((time.timeIntervalSince1970 * 1000).rounded()),
        offset: Int64(zone.secondsFromGMT(for: time)) * 1000)
    }
    var offsets = [offset(at: time)]
    while let next = zone.nextDaylightSavingTimeTransition(after: time), next > time, next < end {
      offsets.append(offset(at: next))
      time = next
    }
    self.init(offsets: offsets)
  }
}
