/// Decides when each delivery to one receiver is tried, given up or held back; knows no network and no clock.
///
/// Deliveries about one vehicle go out in their order: what is behind one that fails waits for it. Those of other vehicles
/// do not. Nothing is dropped: what is given up is a dead letter, until somebody has it tried once more.
public struct DeliveryMachine: Sendable {
  /// The number of a delivery, in the order in which all were decided.
  public typealias Number = UInt64

  /// What came of an attempt.
  public enum Outcome: Sendable, Hashable {
    /// The receiver has answered with a status; with the time it asks to wait, in milliseconds.
    case answered(status: Int, retryAfter: Int64?)
    /// There was no answer.
    case failed
  }

  /// What to do.
  public enum Action: Sendable, Hashable {
    /// Try a delivery now.
    case attempt(Number)
    /// It has arrived.
    case delivered(Number)
    /// It is tried again at a time, in milliseconds.
    case postponed(Number, until: Int64)
    /// It is a dead letter.
    case dead(Number)
    /// The receiver wants nothing any more.
    case disabled
  }

  /// Waits between attempts in milliseconds, those of Standard Webhooks: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h.
  public static let waits: [Int64] = [
    5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
  ]
  /// Attempts that are under way at once, at most.
  public static let mostAttempts = 8

  private struct Delivery: Sendable {
    var vehicle: String
    /// Attempts that have failed.
    var failures = 0
    /// When it is tried next.
    var due: Int64
    var isUnderWay = false
  }

  private var deliveries: [Number: Delivery] = [:]
  /// The waiting deliveries of each vehicle in their order.
  private var order: [String: [Number]] = [:]
  private var underWay = 0
  /// Before this time, in milliseconds, the receiver wants no attempt at all.
  public private(set) var pausedUntil: Int64
  /// Whether the receiver has said that it is gone.
  public private(set) var isDisabled: Bool

  /// Has nothing to deliver yet, to a receiver that is as it was before.
  public init(isDisabled: Bool = false, pausedUntil: Int64 = .min) {
    self.isDisabled = isDisabled
    self.pausedUntil = pausedUntil
  }

  /// How many deliveries wait or are under way.
  public var count: Int { deliveries.count }

  /// A delivery has been decided, or was waiting when the machine was made; `failures` attempts have failed before, and it is
  /// not tried before `due`, in milliseconds.
  public mutating func add(_ number: Number, about vehicle: String, failures: Int = 0, due: Int64, at now: Int64)
    -> [Action]
  {
    guard deliveries[number] == nil else { return [] }
    deliveries[number] = Delivery(vehicle: vehicle, failures: failures, due: due)
    var queue = order[vehicle] ?? []
    queue.insert(number, at: queue.firstIndex { $0 > number } ?? queue.endIndex)
    order[vehicle] = queue
    return self.due(at: now)
  }

  /// An attempt is over. `chance` is a random number from 0 to 1.
  public mutating func concluded(_ number: Number, _ outcome: Outcome, at now: Int64, chance: Double) -> [Action] {
    guard var delivery = deliveries[number], delivery.isUnderWay else { return [] }
    underWay -= 1
    delivery.isUnderWay = false
    deliveries[number] = delivery
    switch outcome {
    case .answered(let status, _) where (200..<300).contains(status):
      remove(number)
      return [.delivered(number)] + due(at: now)
    case .answered(410, _):
      isDisabled = true
      return [.disabled]
    case .answered(let status, let retryAfter):
      // These say that it is all too much.
      if let retryAfter, [429, 502, 503, 504].contains(status) {
        pausedUntil = max(pausedUntil, now + min(retryAfter, 86_400_000))
      }
    case .failed: break
    }
    guard delivery.failures < Self.waits.count else {
      remove(number)
      return [.dead(number)] + due(at: now)
    }
    // Up to a fifth longer, by chance, so that not all come back at once.
    let wait = Self.waits[delivery.failures]
    delivery.due = max(pausedUntil, now + wait + Int64(Double(wait) * 0.2 * chance))
    delivery.failures += 1
    deliveries[number] = delivery
    return [.postponed(number, until: delivery.due)] + due(at: now)
  }

  /// The receiver is wanted again, or somebody wants all to be tried now.
  public mutating func resume(at now: Int64) -> [Action] {
    isDisabled = false
    pausedUntil = .min
    for number in deliveries.keys { deliveries[number]?.due = now }
    return due(at: now)
  }

  /// Deliveries whose time has come.
  public mutating func due(at now: Int64) -> [Action] {
    guard !isDisabled, now >= pausedUntil else { return [] }
    let ready = heads.filter { number in deliveries[number].map { $0.due <= now } ?? false }.sorted()
    var actions: [Action] = []
    for number in ready where underWay < Self.mostAttempts {
      deliveries[number]?.isUnderWay = true
      underWay += 1
      actions.append(.attempt(number))
    }
    return actions
  }

  /// When `due` has something to do next, in milliseconds; `nil` as long as nothing else happens.
  public var next: Int64? {
    guard !isDisabled, underWay < Self.mostAttempts else { return nil }
    return heads.compactMap { number in deliveries[number].map { max($0.due, pausedUntil) } }.min()
  }

  /// The first delivery of each vehicle none of whose deliveries is under way: one that is added later may belong before it.
  private var heads: [Number] {
    order.values.compactMap { queue in
      queue.contains { deliveries[$0]?.isUnderWay == true } ? nil : queue.first
    }
  }

  private mutating func remove(_ number: Number) {
    guard let vehicle = deliveries.removeValue(forKey: number)?.vehicle else { return }
    order[vehicle]?.removeAll { $0 == number }
    if order[vehicle]?.isEmpty == true { order[vehicle] = nil }
  }
}
