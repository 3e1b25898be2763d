import MyCarTracks
import Synchronization

@testable import TriplineAlerts
@testable import TriplineService

/// A receiver that a test knows each attempt at, and that is another one at each of them as the test wants it.
final class WatchedReceiver: Receiver {
  /// An attempt that is over.
  struct Seen: Sendable, Hashable {
    /// The id of the parcel.
    var id: String
    /// When it began, in milliseconds UTC.
    var at: Int64
    /// Whether it has arrived.
    var isSuccess: Bool
  }

  let takesGroups: Bool
  private let time: any TimeSource
  /// Who takes the attempt of a number, from 0 on.
  private let choose: @Sendable (Int) -> any Receiver
  private let state = Mutex<(begun: Int, seen: [Seen])>((0, []))
  private let (ends, continuation) = AsyncStream<Void>.makeStream()

  /// Creates one that hands attempts on.
  init(_ time: any TimeSource, takesGroups: Bool = false, _ choose: @escaping @Sendable (Int) -> any Receiver) {
    self.time = time
    self.takesGroups = takesGroups
    self.choose = choose
  }

  /// The attempts that are over, in the order of their ends.
  var seen: [Seen] { state.withLock { $0.seen } }

  /// Hands an attempt on, and notes its end.
  func attempt(_ parcel: Parcel) async -> Attempt {
    let begun = time.date
    let number = state.withLock { state in
      state.begun += 1
      return state.begun - 1
    }
    let attempt = await choose(number).attempt(parcel)
    state.withLock { $0.seen.append(Seen(id: parcel.id, at: begun, isSuccess: attempt.isSuccess)) }
    continuation.yield()
    return attempt
  }

  /// Waits until attempts that are over are what a test waits for.
  func wait(until isEnough: @Sendable ([Seen]) -> Bool) async {
    if isEnough(seen) { return }
    for await _ in ends where isEnough(seen) { return }
  }

  /// Waits until so many parcels have arrived, each of which counts once.
  func wait(forParcels count: Int) async {
    await wait { Set($0.filter(\.isSuccess).map(\.id)).count >= count }
  }
}
