import TriplineCore
import TriplineFormats

func visits(of tracksPath: String, in fencesPath: String) throws -> [String] {
  let fences = try FenceReader().read(InputFile(path: fencesPath)).fences
  var engine = Engine(fences: try FenceSet(fences))
  var reader = try TrackReader(InputFile(path: tracksPath))
  var (fixes, tracks, events) = ([Fix](), TrackTable(), EventBuffer())
  while try reader.read(into: &fixes, tracks: &tracks) {
    engine.process(fixes.span, into: &events)
    fixes.removeAll(keepingCapacity: true)
  }
  engine.finish(into: &events)
  return events.events.compactMap { event in
    guard case .visit(let visit) = event else { return nil }
    let fence = engine.fences.id(of: visit.fence)
    return "\(tracks[visit.vehicle].vehicleID) was in \(fence) for \(visit.duration / 1000) s"
  }
}
