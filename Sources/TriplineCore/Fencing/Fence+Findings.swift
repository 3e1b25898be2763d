extension Fence {
  /// What a careful eye finds in the drawing: crossings, corners drawn twice, areas of nothing.
  ///
  /// A fence with findings can still be used unless one of them is `unusable`: where it crosses itself, the even-odd
  /// rule decides what is inside.
  /// - Complexity: O(*n* log *n*) in the number of corners.
  public func findings() -> [FenceFinding] {
    var problems: [FenceError] = []
    _ = FenceSet([self], problems: &problems)
    if let problem = problems.first {
      return [
        FenceFinding(
          kind: .unusable, fenceID: id, polygon: problem.polygon, ring: problem.ring, message: problem.message)
      ]
    }
    guard case .polygons(let polygons) = shape else { return [] }
    return drawingFindings(polygons) + meetingFindings(polygons)
  }

  /// What can be seen in each ring by itself.
  private func drawingFindings(_ polygons: [Polygon]) -> [FenceFinding] {
    var findings: [FenceFinding] = []
    for (polygonNumber, polygon) in polygons.enumerated() {
      for (ringNumber, ring) in polygon.rings.enumerated() {
        func add(_ kind: FenceFinding.Kind, at coordinate: Coordinate?, _ message: String) {
          findings.append(
            FenceFinding(
              kind: kind, fenceID: id, polygon: polygonNumber, ring: ringNumber, coordinate: coordinate,
              message: message))
        }
        let corners = ring.coordinates
        if corners.first != corners.last {
          add(.unclosed, at: corners.last, "the ring does not end where it begins; repeat the first corner at the end")
        }
        for (corner, next) in zip(corners, corners.dropFirst()) where corner == next {
          add(.duplicateCorner, at: corner, "the corner stands twice in a row; remove one of the two")
        }
        let measure = RingMeasure(corners)
        if measure.largestTriangle < 0.001 {
          add(.zeroArea, at: corners.first, "the ring encloses no area; draw it again or remove it")
        } else if measure.area >= 0.001 && measure.meanWidth < 1 && measure.compactness < 0.05 {
          add(
            .sliver, at: corners.first,
            "the area is less than a metre wide on average, less than any receiver can tell; widen or remove it")
        }
      }
    }
    return findings
  }

  /// What is wrong between edges and rings.
  private func meetingFindings(_ polygons: [Polygon]) -> [FenceFinding] {
    var rings: [[PlanarPoint]] = []
    var places: [(polygon: Int, ring: Int)] = []
    var findings: [FenceFinding] = []
    for (number, polygon) in polygons.enumerated() {
      guard let settled = try? SettledPolygon(polygon, fence: id, index: number) else { continue }
      for (ring, points) in settled.rings.enumerated() {
        rings.append(points)
        places.append((number, ring))
      }
      let meetings = EdgeMeetings.find(in: settled.rings)
      if !meetings.contains(where: { $0.rings.0 != $0.rings.1 }) {
        findings += holesOutside(settled, polygon: number)
      }
    }
    var told: Set<PlanarPoint> = []
    for meeting in EdgeMeetings.find(in: rings) where told.insert(meeting.point).inserted {
      let place = places[meeting.rings.0]
      let isTouch = meeting.kind == .touch
      findings.append(
        FenceFinding(
          kind: isTouch ? .selfTouching : .selfCrossing, fenceID: id, polygon: place.polygon, ring: place.ring,
          coordinate: Coordinate(latitude: meeting.point.y, longitude: wrappedLongitude(meeting.point.x)),
          message: isTouch
            ? "the ring touches itself here; move one of the two corners, or split the ring in two"
            : "the boundary crosses itself here; untangle the corners around this place"))
    }
    return findings
  }

  private func holesOutside(_ polygon: SettledPolygon, polygon number: Int) -> [FenceFinding] {
    guard polygon.rings.count > 1 else { return [] }
    let outline = polygon.rings[0]
    return polygon.rings.indices.dropFirst().compactMap { ring in
      let locations = polygon.rings[ring].lazy.map { RingMeasure.location(of: $0, in: outline) }
      // The first corner that is not on the outline decides: the rings do not cross.
      guard let location = locations.first(where: { $0 != .boundary }), location == .exterior else { return nil }
      let corner = polygon.rings[ring][0]
      return FenceFinding(
        kind: .holeOutside, fenceID: id, polygon: number, ring: ring,
        coordinate: Coordinate(latitude: corner.y, longitude: wrappedLongitude(corner.x)),
        message: "the hole lies outside the outline of its polygon; move it inside or make it a polygon of its own")
    }
  }
}
