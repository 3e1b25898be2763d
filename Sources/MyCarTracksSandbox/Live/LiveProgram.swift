/// What happens live, in the order it becomes known.
struct LiveProgram: Sendable {
  /// A thing that happens.
  struct Item: Sendable {
    enum Kind: Sendable {
      /// A point of a track.
      case position(track: Int, point: Int)
      /// The vehicle has sent nothing since.
      case offline(since: Int64)
    }

    /// The moment of the account's history.
    var moment: Int64
    var vehicle: Int
    var kind: Kind
  }

  let items: [Item]

  /// Takes what lies behind the beginning of the replay; nothing where there is none.
  init(_ account: SandboxAccount, _ options: SandboxOptions) {
    var items: [Item] = []
    var uploads: [Int: [Int64]] = [:]
    guard let replay = options.replay else {
      self.items = []
      return
    }
    for (index, track) in account.tracks.enumerated() {
      for (number, point) in track.points.enumerated() {
        uploads[track.vehicle, default: []].append(point.uploaded)
        guard point.uploaded > replay.start else { continue }
        items.append(
          Item(moment: point.uploaded, vehicle: track.vehicle, kind: .position(track: index, point: number)))
      }
    }
    for (vehicle, moments) in uploads {
      let moments = moments.sorted()
      for (index, moment) in moments.enumerated() {
        let silence = moment + options.offlineAfter
        guard silence > replay.start, index + 1 == moments.count || moments[index + 1] > silence else { continue }
        items.append(Item(moment: silence, vehicle: vehicle, kind: .offline(since: moment)))
      }
    }
    self.items = items.enumerated()
      .sorted { ($0.element.moment, $0.offset) < ($1.element.moment, $1.offset) }.map(\.element)
  }

  /// The number of the first item behind a moment.
  func first(after moment: Int64) -> Int { items.countOfFirst { $0.moment <= moment } }
}
