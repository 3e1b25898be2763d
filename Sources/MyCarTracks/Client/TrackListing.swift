import TriplineJSON

/// The tracks of a range of times, read page by page as it is iterated over; in the order of the API.
///
/// Filters by time are ASSUMED from version 2, and whether they take seconds or milliseconds is not known: what comes back is
/// filtered again. Where the API ignores the filters all tracks are read, or, as long as they come newest first, those that
/// are young enough.
public struct TrackListing: AsyncSequence, Sendable {
  /// A track.
  public typealias Element = Track

  /// Reads the list.
  public struct AsyncIterator: AsyncIteratorProtocol {
    /// Rows that have to come newest first until it is believed that all do.
    private static let rowsOfOrder = 100
    /// Rows that have to lie far outside until it is believed that filters do nothing: one may have been uploaded late.
    private static let rowsOutsideOfFilter = 5

    fileprivate let listing: TrackListing
    private var tracks: Listing<Track>.AsyncIterator?
    /// How times were written, where that was known before.
    private var form: LearnedSettings.TimeFilter?
    private var rows = 0
    private var rowsOutside = 0
    /// The start of the track before, as long as all come newest first.
    private var last: Int64? = .max

    fileprivate init(_ listing: TrackListing) { self.listing = listing }

    /// The next track, or `nil` at the end.
    ///
    /// - Throws: `MyCarTracksError` and `CancellationError`.
    public mutating func next() async throws -> Track? {
      if tracks == nil {
        form = listing.client.learned.timeFilter
        tracks = try await listing.filtered().makeAsyncIterator()
      }
      while true {
        guard let track = try await tracks?.next() else {
          guard try await hasAnotherForm() else { return nil }
          continue
        }
        rows += 1
        guard let times = listing.times else {
          if listing.isOfVehicle(track) { return track }
          continue
        }
        let isWanted = track.overlaps(times)
        if !isWanted && listing.isFarOutside(track) {
          rowsOutside += 1
          if rowsOutside == Self.rowsOutsideOfFilter { listing.client.learnTimeFilter(.ignored) }
        }
        note(track)
        if isWanted && listing.isOfVehicle(track) { return track }
        if let last, rows >= Self.rowsOfOrder, last < times.lowerBound - TrackListing.longestTrack,
          listing.client.learned.timeFilter == .ignored
        {
          return nil
        }
      }
    }

    private mutating func note(_ track: Track) {
      guard let start = track.startTime, let last else { return }
      self.last = start <= last ? start : nil
    }

    /// Where a filter that was right before finds nothing at all, whether it is right still; if not, starts with another one.
    private mutating func hasAnotherForm() async throws -> Bool {
      guard rows == 0, listing.times != nil, let known = form, known != .ignored else { return false }
      form = nil
      listing.client.learn { $0.timeFilter = nil }
      guard let found = try await listing.client.timeFilter(listing.priority), found != known else { return false }
      tracks = try await listing.filtered().makeAsyncIterator()
      return true
    }
  }

  /// A track that started longer ago is not looked for behind one that started then, in milliseconds: three days.
  static let longestTrack: Int64 = 3 * 86_400_000

  fileprivate let client: MyCarTracksClient
  fileprivate let times: Range<Int64>?
  fileprivate let vehicle: ResourceID?
  fileprivate let priority: RequestPriority

  init(_ client: MyCarTracksClient, times: Range<Int64>?, vehicle: ResourceID?, priority: RequestPriority) {
    self.client = client
    self.times = times
    self.vehicle = vehicle
    self.priority = priority
  }

  /// Starts at the first track.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  /// All tracks.
  ///
  /// - Throws: `MyCarTracksError` and `CancellationError`.
  public func all() async throws -> [Track] {
    var tracks: [Track] = []
    for try await track in self { tracks.append(track) }
    return tracks
  }

  fileprivate func isOfVehicle(_ track: Track) -> Bool {
    vehicle == nil || track.vehicleID == nil || track.vehicleID == vehicle
  }

  /// Whether no reading of the filters has a track in a range of times.
  fileprivate func isFarOutside(_ track: Track) -> Bool {
    guard let times else { return false }
    let day: Int64 = 86_400_000
    return !track.overlaps(times.lowerBound - Self.longestTrack - day..<times.upperBound + day)
  }

  private func filtered() async throws -> Listing<Track> {
    guard let times else { return client.trackPages(vehicle: vehicle, priority: priority) }
    let form = try await client.timeFilter(priority)
    // Whether the filter means tracks that begin in the range, or those with a part in it, is not known either.
    let wide = Swift.max(0, times.lowerBound - Self.longestTrack)..<times.upperBound
    return client.trackPages(vehicle: vehicle, times: wide, as: form, priority: priority)
  }
}

extension MyCarTracksClient {
  /// The tracks of a vehicle, or of all, that have a part in a range of times in milliseconds UTC, or at any time.
  public func tracks(
    in times: Range<Int64>? = nil, of vehicle: ResourceID? = nil, priority: RequestPriority = .user
  ) -> TrackListing {
    TrackListing(self, times: times, vehicle: vehicle, priority: priority)
  }

  /// How many tracks the account has, or `nil` where the API does not say; nothing relies on it.
  public func trackCount(priority: RequestPriority = .user) async throws -> Int? {
    let request = APIRequest(
      path: "/tracks2", query: [("offset", "0"), ("limit", "1"), ("includeTotal", "true")], priority: priority)
    guard let object = try await answer(to: request).object else { return nil }
    let total = ["total", "totalCount", "totalRows", "count"].lazy.compactMap { object[$0].flatMap(Reading.init) }.first
    return total.flatMap { Int(exactly: $0.value) }
  }

  /// Pages of tracks. The vehicle is named both ways: `carId` was seen in version 2, `vehicleId` is ASSUMED.
  func trackPages(
    vehicle: ResourceID? = nil, times: Range<Int64>? = nil, as form: LearnedSettings.TimeFilter? = nil,
    limit: Int? = nil, priority: RequestPriority
  ) -> Listing<Track> {
    var query: [(name: String, value: String)] = []
    if let vehicle { query += [("vehicleId", vehicle.text), ("carId", vehicle.text)] }
    let divisor: Int64? =
      switch form {
      case .seconds: 1000
      case .milliseconds: 1
      case .ignored, nil: nil
      }
    if let times, let divisor {
      let end = (times.upperBound + divisor - 1) / divisor
      query += [("startTime", "\(times.lowerBound / divisor)"), ("endTime", "\(end)")]
    }
    return Listing(
      self, name: "tracks2", path: "/tracks2", query: query, limit: limit ?? configuration.pageSize, priority: priority)
  }

  /// How times are written in filters: what was learned, or what a track that is known to be there shows.
  func timeFilter(_ priority: RequestPriority) async throws -> LearnedSettings.TimeFilter? {
    let known = learned
    let isOld = (known.timeFilterDate ?? 0) < time.date - 7 * 86_400_000
    if let filter = known.timeFilter, !(filter == .ignored && isOld) { return filter }
    guard let track = try await finishedTrack(priority), let start = track.startTime else { return nil }
    let times = start - 1000..<max(start, track.endTime ?? start) + 1000
    for form in [LearnedSettings.TimeFilter.seconds, .milliseconds] {
      var rows = trackPages(times: times, as: form, priority: priority).makeAsyncIterator()
      var isThere = false
      var isFiltered = true
      while isFiltered, let row = try await rows.next() {
        isThere = isThere || row.id == track.id
        isFiltered = row.overlaps(times)
      }
      if isThere && isFiltered {
        learnTimeFilter(form)
        return form
      }
    }
    learnTimeFilter(.ignored)
    return .ignored
  }

  func learnTimeFilter(_ filter: LearnedSettings.TimeFilter) {
    learn {
      $0.timeFilter = filter
      $0.timeFilterDate = time.date
    }
  }

  /// One of the first tracks of the list whose start is known; if there is one, one that is not still being recorded.
  private func finishedTrack(_ priority: RequestPriority) async throws -> Track? {
    var tracks: [Track] = []
    for try await track in trackPages(limit: Self.sample, priority: priority) {
      tracks.append(track)
      if tracks.count == Self.sample { break }
    }
    tracks.removeAll { $0.startTime == nil }
    return tracks.first { track in
      tracks.contains { $0.vehicleID == track.vehicleID && ($0.startTime ?? 0) > (track.startTime ?? 0) }
    } ?? tracks.last
  }

  /// Tracks among which one is chosen.
  private static let sample = 20
}
