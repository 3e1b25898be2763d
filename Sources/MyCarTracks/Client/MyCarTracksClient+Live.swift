import TriplineJSON

extension MyCarTracksClient {
  /// Makes a live stream of some vehicles, or of groups of them; of all that may be seen where neither is named.
  ///
  /// How they are named is ASSUMED in four ways. One is tried each time, so that no more requests are made than streams are
  /// asked for; the next one after it was refused. The one that names them and is not refused is kept in `learned`.
  ///
  /// - Returns: the stream, and how its vehicles were named.
  ///
  /// - Throws: `MyCarTracksError` and `CancellationError`.
  func makeStream(vehicles: [ResourceID], groups: [ResourceID]) async throws -> (LiveStream, LearnedSettings.StreamBody)
  {
    let form = streamBody
    let isNamed = !(vehicles.isEmpty && groups.isEmpty)
    do {
      let request = APIRequest(
        method: "POST", path: "/vehicles/livePositions/stream",
        body: Self.streamBody(form, vehicles: vehicles, groups: groups), priority: .live)
      let stream = try LiveStream(try await answer(to: request), at: time.date)
      if isNamed && form != .everything { learn { $0.streamBody = form } }
      return (stream, form)
    } catch let error as MyCarTracksError where error.code == .badRequest && isNamed {
      refuseStreamBody()
      throw error
    }
  }

  private static func streamBody(
    _ form: LearnedSettings.StreamBody, vehicles: [ResourceID], groups: [ResourceID]
  ) -> [UInt8] {
    // Ids are numbers where they look like some, as the API itself writes them.
    func list(_ ids: [ResourceID]) -> JSONNode? {
      ids.isEmpty ? nil : .array(ids.map { id in Int64(id.text).map { .integer($0) } ?? .string(id.text) })
    }
    let body: JSONNode =
      switch form {
      case .vehicleIds: .object(["vehicleIds": list(vehicles), "vehicleGroupIds": list(groups)])
      case .groupIds: .object(["vehicleIds": list(vehicles), "groupIds": list(groups)])
      case .vehicles: .object(["vehicles": list(vehicles), "groups": list(groups)])
      case .everything: .object([:])
      }
    return body.bytes
  }
}
