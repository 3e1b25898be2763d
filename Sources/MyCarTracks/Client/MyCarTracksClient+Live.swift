import TriplineJSON

extension MyCarTracksClient {
  /// Makes a live stream of some vehicles, or of groups of them; of all that may be seen where neither is named.
  ///
  /// How they are named is ASSUMED in four ways, which are tried in order; the one that is not refused is kept in `learned`.
  ///
  /// - Throws: `MyCarTracksError` and `CancellationError`.
  func makeStream(vehicles: [ResourceID], groups: [ResourceID]) async throws -> LiveStream {
    let forms = learned.streamBody.map { [$0] } ?? LearnedSettings.StreamBody.allCases
    for form in forms {
      do {
        let request = APIRequest(
          method: "POST", path: "/vehicles/livePositions/stream",
          body: Self.streamBody(form, vehicles: vehicles, groups: groups), priority: .live)
        let stream = try LiveStream(try await answer(to: request), at: time.date)
        if !(vehicles.isEmpty && groups.isEmpty) { learn { $0.streamBody = form } }
        return stream
      } catch let error as MyCarTracksError where error.code == .badRequest {
        // What was learned may be so no longer: the next time all forms are tried.
        learn { $0.streamBody = nil }
        guard form != forms.last, !(vehicles.isEmpty && groups.isEmpty) else { throw error }
      }
    }
    preconditionFailure("the last form returns or throws")
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
