import TriplineStore

@testable import TriplineService

extension AlertPipeline {
  /// Time goes on, and the feed is there.
  func tick(at now: Int64) throws -> [Delivery] { try tick(at: now, fixesUpTo: now) }
}
