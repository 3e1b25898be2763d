/// Fences with a floor or a ceiling: a vehicle is inside where it is inside in the plane and at a height between the two.
/// Between two fixes the height changes evenly.
extension FenceTracker {
  /// Keeps of the fences found at a position those whose heights contain an altitude.
  mutating func keepFences(at altitude: Double, in fences: FenceSet) {
    var kept = 0
    for index in 0..<inside.count where isWithin(inside[index], altitude, in: fences) {
      inside.move(index, to: kept)
      kept += 1
    }
    inside.removeAll(after: kept)
  }

  func isWithin(_ fence: UInt32, _ altitude: Double, in fences: FenceSet) -> Bool {
    fences.altitudes.isEmpty || fences.altitudes[Int(fence)].contains(altitude, missingAltitude)
  }

  /// Adds the places where a step passes the floor or the ceiling of a fence that it may be over or under.
  mutating func appendAltitudeContacts(_ step: Step, at place: FenceGrid.Place, in fences: FenceSet) {
    guard !(step.fromAltitude - step.toAltitude).isNaN, step.fromAltitude != step.toAltitude else { return }
    var candidates = Set(contacts.map(\.fence))
    for point in [step.from, step.to] {
      inside.removeAll()
      let place = point == step.to ? place : fences.grid.place(x: point.x, y: point.y)
      fences.appendFences(x: point.x, y: point.y, at: place, to: &inside)
      for index in 0..<inside.count { candidates.insert(inside[index]) }
    }
    for fence in candidates {
      for height in [fences.altitudes[Int(fence)].floor, fences.altitudes[Int(fence)].ceiling] where height.isFinite {
        let fraction = (height - step.fromAltitude) / (step.toAltitude - step.fromAltitude)
        if fraction >= 0 && fraction <= 1 { contacts.append(Contact(fence: fence, fraction: fraction)) }
      }
    }
    contacts.sort(by: Contact.precedes)
  }
}

extension FenceTracker.Step {
  /// The altitude at a fraction of the step. Where one of its ends has none nothing is interpolated: on the way it is as
  /// at the start.
  func altitude(at fraction: Double) -> Double {
    if fraction >= 1 { return toAltitude }
    let between = fromAltitude + (toAltitude - fromAltitude) * fraction
    return between.isNaN ? fromAltitude : between
  }
}
