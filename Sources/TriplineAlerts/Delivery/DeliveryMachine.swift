import HeapModule

/// Decides when each delivery to one receiver is tried, given up or held back; knows no network and no clock.
///
/// Deliveries about one vehicle go out in their order: what is behind one that fails waits for it. Those of other vehicles
/// do not. Nothing is dropped: what is given up is a dead letter, until somebody has it tried once more. A receiver that says
/// that it is gone is sent nothing, and what is for it is given up at once, for it may never come back.
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
    /// It is a dead letter: after an attempt, or because the receiver is gone.
    case dead(Number)
    /// The receiver wants nothing any more, which it has said for the first time.
    case disabled
  }

  /// Waits between attempts in milliseconds, those of Standard Webhooks: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h.
  public static let waits: [Int64] = [
    5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
  ]
  /// Attempts that are under way at once, at most.
  private let mostAttempts: Int

  private struct Delivery: Sendable {
    var subject: String
    /// Attempts that have failed.
    var failures = 0
    /// When it is tried next.
    var due: Int64
    var isUnderWay = false
    /// Whether nobody answered the last time.
    var wasUnanswered = false
    /// Whether it was tried early because the receiver was back; once is enough, for what is never answered must not use up its plan.
    var wasHastened = false
  }

  /// The first delivery about something, and when it is tried; of no meaning any more where either has changed.
  private struct Head: Comparable, Sendable {
    var due: Int64
    var number: Number

    static func < (a: Head, b: Head) -> Bool { (a.due, a.number) < (b.due, b.number) }
  }

  private var deliveries: [Number: Delivery] = [:]
  /// The waiting deliveries about each subject in their order.
  private var order: [String: [Number]] = [:]
  /// Those that are first, by when they are tried.
  private var heads: Heap<Head> = []
  private var underWay = 0
  /// Whether nobody has answered some attempt since one arrived.
  private var isAway = false
  /// The subjects about which a delivery is under way.
  private var busy: Set<String> = []
  /// Before this time, in milliseconds, the receiver wants no attempt at all.
  public private(set) var pausedUntil: Int64
  /// Whether the receiver has said that it is gone.
  public private(set) var isDisabled: Bool

  /// Has nothing to deliver yet, to a receiver that is as it was before and takes so many attempts at once.
  public init(isDisabled: Bool = false, pausedUntil: Int64 = .min, mostAttempts: Int = 8) {
    self.mostAttempts = mostAttempts
    self.isDisabled = isDisabled
    self.pausedUntil = pausedUntil
  }

  /// How many deliveries wait or are under way.
  public var count: Int { deliveries.count }

  /// A delivery has been decided, or was waiting when the machine was made; `failures` attempts have failed before, and it is
  /// not tried before `due`, in milliseconds. What is about the same subject, a vehicle as a rule, keeps its order. One that waits
  /// already is tried earlier, where that is what is said now.
  public mutating func add(_ number: Number, about subject: String, failures: Int = 0, due: Int64, at now: Int64)
    -> [Action]
  {
    if let known = deliveries[number] {
      guard !known.isUnderWay, due < known.due else { return [] }
      deliveries[number]?.due = due
      deliveries[number]?.failures = failures
      noteHead(of: known.subject)
      return self.due(at: now)
    }
    if isDisabled { return [.dead(number)] }
    // One that has failed was unanswered for all that is known, and the receiver may be away. However often there is a restart, the
    // last waits are kept.
    deliveries[number] = Delivery(
      subject: subject, failures: failures, due: due, wasUnanswered: failures > 0,
      wasHastened: failures > Self.waits.count - 2)
    if failures > 0 { isAway = true }
    // Taken out for the while, so that nothing is copied.
    var queue = order.removeValue(forKey: subject) ?? []
    queue.insert(number, at: (queue.lastIndex { $0 < number } ?? -1) + 1)
    order[subject] = queue
    if queue[0] == number { noteHead(of: subject) }
    return self.due(at: now)
  }

  /// An attempt is over. `chance` is a random number from 0 to 1.
  public mutating func concluded(_ number: Number, _ outcome: Outcome, at now: Int64, chance: Double) -> [Action] {
    guard var delivery = deliveries[number], delivery.isUnderWay else { return [] }
    underWay -= 1
    delivery.isUnderWay = false
    busy.remove(delivery.subject)
    deliveries[number] = delivery
    switch outcome {
    case .answered(let status, _) where (200..<300).contains(status):
      remove(number)
      if isAway { hasten(at: now) }
      return [.delivered(number)] + due(at: now)
    case .answered(410, _):
      let isFirst = !isDisabled
      isDisabled = true
      remove(number)
      return (isFirst ? [.disabled] : []) + [.dead(number)] + giveUp()
    case .answered(let status, let retryAfter):
      // These say that it is all too much.
      if let retryAfter, [429, 502, 503, 504].contains(status) {
        pausedUntil = max(pausedUntil, now + min(retryAfter, 86_400_000))
      }
    case .failed: isAway = true
    }
    delivery.wasUnanswered = outcome == .failed
    guard !isDisabled, delivery.failures < Self.waits.count else {
      remove(number)
      return [.dead(number)] + due(at: now)
    }
    // Up to a fifth longer, by chance, so that not all come back at once.
    let wait = Self.waits[delivery.failures]
    delivery.due = max(pausedUntil, now + wait + Int64(Double(wait) * 0.2 * chance))
    delivery.failures += 1
    deliveries[number] = delivery
    noteHead(of: delivery.subject)
    return [.postponed(number, until: delivery.due)] + due(at: now)
  }

  /// A delivery is not there any more: what is behind it does not wait for it.
  public mutating func forget(_ number: Number, at now: Int64) -> [Action] {
    guard let delivery = deliveries[number] else { return [] }
    if delivery.isUnderWay {
      underWay -= 1
      busy.remove(delivery.subject)
    }
    remove(number)
    return due(at: now)
  }

  /// Gives up all that waits; what is under way has its end.
  private mutating func giveUp() -> [Action] {
    let waiting = deliveries.filter { !$0.value.isUnderWay }.keys.sorted()
    for number in waiting { remove(number) }
    return waiting.map { .dead($0) }
  }

  /// The receiver is wanted again, or somebody wants all to be tried now.
  public mutating func resume(at now: Int64) -> [Action] {
    isDisabled = false
    pausedUntil = .min
    for number in deliveries.keys { deliveries[number]?.due = now }
    heads = []
    for subject in order.keys { noteHead(of: subject) }
    return due(at: now)
  }

  /// The receiver is back: what nobody answered need not wait out the plan.
  private mutating func hasten(at now: Int64) {
    isAway = false
    for (subject, queue) in order {
      guard let number = queue.first, let delivery = deliveries[number], delivery.wasUnanswered, delivery.failures > 1,
        delivery.due > now,
        !delivery.wasHastened
      else { continue }
      deliveries[number]?.due = now
      deliveries[number]?.wasHastened = true
      noteHead(of: subject)
    }
  }

  /// Deliveries whose time has come.
  public mutating func due(at now: Int64) -> [Action] {
    var actions: [Action] = []
    guard !isDisabled, now >= pausedUntil else { return [] }
    while underWay < mostAttempts, let head = first, head.due <= now {
      heads.removeMin()
      deliveries[head.number]?.isUnderWay = true
      if let subject = deliveries[head.number]?.subject { busy.insert(subject) }
      underWay += 1
      actions.append(.attempt(head.number))
    }
    return actions
  }

  /// When `due` has something to do next, in milliseconds; `nil` as long as nothing else happens.
  public var next: Int64? {
    mutating get {
      guard !isDisabled, underWay < mostAttempts else { return nil }
      return first.map { max($0.due, pausedUntil) }
    }
  }

  /// The first of those that may be tried; those that have changed since are taken out.
  private var first: Head? {
    mutating get {
      while let head = heads.min {
        if let delivery = deliveries[head.number], !delivery.isUnderWay, delivery.due == head.due,
          order[delivery.subject]?.first == head.number
        {
          return head
        }
        heads.removeMin()
      }
      return nil
    }
  }

  /// The first delivery about a subject may be tried, unless another one is under way: one that is added later may belong before
  /// it.
  private mutating func noteHead(of subject: String) {
    guard !busy.contains(subject), let number = order[subject]?.first, let delivery = deliveries[number] else { return }
    heads.insert(Head(due: delivery.due, number: number))
  }

  private mutating func remove(_ number: Number) {
    guard let subject = deliveries.removeValue(forKey: number)?.subject else { return }
    order[subject]?.removeAll { $0 == number }
    if order[subject]?.isEmpty == true { order[subject] = nil }
    noteHead(of: subject)
  }
}
