import TriplineJSON

extension MyCarTracksClient {
  /// The vehicles that the credentials may see. None at all can be a matter of the account's role.
  ///
  /// - Parameters:
  ///   - fields: the only fields to be sent, or all; without `id` there are no vehicles.
  ///   - sort: the field to sort by; with a minus before it downwards, which is ASSUMED.
  ///   - priority: what the requests are for.
  public func vehicles(
    fields: [String] = [], sort: String? = nil, priority: RequestPriority = .user
  ) -> Listing<Vehicle> {
    var query: [(name: String, value: String)] = []
    if !fields.isEmpty { query.append(("fields", fields.joined(separator: ","))) }
    if let sort { query.append(("sort", sort)) }
    return Listing(
      self, name: "vehicles", path: "/vehicles", query: query, limit: configuration.pageSize, priority: priority)
  }

  /// A track by its id.
  ///
  /// - Throws: `notFound` also where it is another account's.
  public func track(_ id: ResourceID, priority: RequestPriority = .user) async throws -> Track {
    let request = APIRequest(path: "/tracks/" + APIRequest.escaped(id.text), priority: priority)
    guard let track = Track(Row(try JSONText.object(try await answer(to: request)))) else {
      throw MyCarTracksError(.malformedAnswer, "the answer for track \(id) has no id.")
    }
    return track
  }

  /// The points of a track, in the order of the API, which is not promised to be that of time.
  public func trackPoints(of track: ResourceID, priority: RequestPriority = .user) -> Listing<TrackPoint> {
    Listing(
      self, name: "trackpoints", path: "/trackpoints/" + APIRequest.escaped(track.text),
      limit: configuration.pointPageSize, priority: priority)
  }

  /// Where each vehicle was last.
  public func lastPositions(priority: RequestPriority = .user) -> Listing<Position> {
    Listing(
      self, name: "lastPositions", path: "/vehicles/lastPositions", limit: configuration.pageSize, priority: priority)
  }

  /// The account's geofences; `nil` where the API does not list them for this account. The path is ASSUMED.
  ///
  /// - Throws: `MyCarTracksError`, but not `notFound` nor `notPermitted`.
  public func geofences(priority: RequestPriority = .user) async throws -> [Geofence]? {
    do {
      return try await Listing<Geofence>(
        self, name: "geofences", path: "/geofences", limit: configuration.pageSize, priority: priority
      ).all()
    } catch let error as MyCarTracksError where error.code == .notFound || error.code == .notPermitted {
      return nil
    }
  }
}
