import TriplineAlerts
import TriplineStore

@testable import TriplineService

extension AlertPipeline {
  /// Time goes on for the whole fleet, and the feed is there.
  func tick(at now: Int64) throws -> [Delivery] {
    try (0..<AlertEngine.parts).flatMap { try tick($0, at: now, fixesUpTo: now) }
  }
}
