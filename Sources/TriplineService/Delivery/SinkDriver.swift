package import Logging
package import MyCarTracks
package import TriplineAlerts
package import TriplineStore

/// Delivers to one sink what its machine says, and writes down what came of it.
package actor SinkDriver {
  package nonisolated let sink: String
  /// The name of the receiver it is part of.
  package nonisolated let name: String
  private let receiver: any Receiver
  private let store: AlertStore
  private let time: any TimeSource
  private let metrics: ServiceMetrics
  private let logger: Logger
  private let chance: @Sendable () -> Double
  private var machine: DeliveryMachine
  /// What the store was told last of the sink.
  private var kept: AlertStore.SinkState
  private var underWay: [UInt64: Task<Void, Never>] = [:]
  private var timer: (moment: Int64, task: Task<Void, Never>)?
  private var conclusions: [AlertStore.Conclusion] = []
  private var isStopped = false
  /// The deliveries under way as they stood in the store when their attempts began.
  private var begun: [UInt64: Delivery] = [:]
  /// Alerts that are told again as soon as nothing is under way; nothing is begun before that is over, for what is told as firing
  /// must not come behind the word that it is over.
  private var told: [Alert]?
  private var refreshing: Task<Void, Never>?
  /// Attempts that wait for that.
  private var held: [UInt64] = []
  /// Called where the store cannot be written any more.
  private let failed: @Sendable (any Error) -> Void

  package init(
    _ entry: Receivers.Entry, store: AlertStore, time: any TimeSource, metrics: ServiceMetrics,
    logger: Logger = Logger(label: "tripline", factory: { _ in SwiftLogNoOpLogHandler() }),
    chance: @escaping @Sendable () -> Double = { .random(in: 0...1) }, failed: @escaping @Sendable (any Error) -> Void
  ) throws {
    sink = entry.sink.id
    name = entry.sink.receiver
    receiver = entry.receiver
    self.store = store
    self.time = time
    self.metrics = metrics
    self.logger = logger
    self.chance = chance
    self.failed = failed
    let state = try store.state(ofSink: entry.sink.id)
    kept = state
    machine = DeliveryMachine(
      isDisabled: state.isDisabled, pausedUntil: state.pausedUntil ?? .min,
      mostAttempts: entry.receiver.mostAttempts)
  }

  /// Takes deliveries: new ones, those of before, or those that are to be tried once more. One that is known counts once.
  package func take(_ deliveries: [Delivery]) {
    for delivery in deliveries where delivery.sink == sink && delivery.state == .waiting {
      perform(
        machine.add(
          delivery.number, about: delivery.about, failures: delivery.failures, due: delivery.due, at: time.date))
    }
    if !conclusions.isEmpty { Task { self.write() } }
    setTimer()
  }

  /// Takes what waits in the store, and whether the sink is wanted again.
  package func readStore() throws {
    write()
    let state = try store.state(ofSink: sink)
    if machine.isDisabled && !state.isDisabled || kept.pausedUntil != nil && state.pausedUntil == nil {
      kept = state
      perform(machine.resume(at: time.date))
    }
    take(try store.deliveries([.waiting], to: sink))
  }

  /// Whether its receiver forgets what it is not told of again.
  nonisolated var isForgetful: Bool { receiver is any RefreshedReceiver }

  /// Tells again of alerts that its receiver was told of and that still fire, where it forgets them otherwise.
  package func refresh(_ standing: [NotificationMachine.Standing]) {
    guard isForgetful, !isStopped, !machine.isDisabled, machine.pausedUntil <= time.date, refreshing == nil else {
      return
    }
    let alerts = standing.filter { $0.told[name] != nil && $0.resolution == nil }.map(\.alert)
    guard !alerts.isEmpty else { return }
    told = alerts
    beginRefreshing()
  }

  private func beginRefreshing() {
    guard let alerts = told, underWay.isEmpty, !isStopped else { return }
    told = nil
    refreshing = Task { await tellAgain(alerts) }
  }

  private func tellAgain(_ alerts: [Alert]) async {
    do {
      // What was over meanwhile has been told as over, or is about to be.
      let firing = try alerts.filter { alert in
        try store.alert(alert.id).map { $0.alert.resolvedAt == nil } ?? false
      }
      // What of it fails is told the next time.
      if !firing.isEmpty, let receiver = receiver as? any RefreshedReceiver {
        _ = await receiver.refresh(firing, at: time.date)
      }
    } catch {
      failed(error)
    }
    refreshing = nil
    let numbers = held
    held = []
    for number in numbers { begin(number) }
  }

  /// Tries nothing any more, and waits for what is under way.
  package func stop() async {
    isStopped = true
    timer?.task.cancel()
    if receiver is any InterruptibleReceiver {
      for task in underWay.values { task.cancel() }
    }
    refreshing?.cancel()
    await refreshing?.value
    for task in underWay.values { await task.value }
    while !conclusions.isEmpty { write() }
  }

  /// Does what the machine says; the delivery whose attempt has brought it about has been seen to.
  private func perform(_ actions: [DeliveryMachine.Action], after concluded: UInt64? = nil) {
    for action in actions {
      switch action {
      case .attempt(let number): begin(number)
      case .dead(let number) where number != concluded:
        giveUp(number, because: "its sink has answered 410, that it wants nothing any more")
      default: continue
      }
    }
  }

  private func begin(_ number: UInt64) {
    guard !isStopped else { return }
    guard told == nil, refreshing == nil else { return held.append(number) }
    underWay[number] = Task { await attempt(number) }
  }

  private func setTimer() {
    guard let next = machine.next, !isStopped else { return }
    if let timer, timer.moment <= next { return }
    timer?.task.cancel()
    let (time, wait) = (time, max(0, next - time.date))
    timer = (
      next,
      Task {
        guard (try? await time.sleep(for: .milliseconds(wait))) != nil else { return }
        self.timerFired()
      }
    )
  }

  private func timerFired() {
    timer = nil
    perform(machine.due(at: time.date))
    setTimer()
  }

  private func attempt(_ number: UInt64) async {
    do {
      // The store has to know of the attempt before.
      if conclusions.contains(where: { $0.number == number }) { write() }
      guard let (delivery, events) = try store.contents(ofDelivery: number), delivery.state == .waiting else {
        return forget(number)
      }
      guard let parcel = Self.parcel(of: delivery, events) else {
        return forget(number, because: "its events are not there any more")
      }
      begun[number] = delivery
      conclude(number, await receiver.attempt(parcel))
    } catch {
      failed(error)
    }
  }

  private static func parcel(of delivery: Delivery, _ contents: [(event: AlertBatch.Event, alert: Alert)]) -> Parcel? {
    let events = contents.map { event, alert in
      var alert = alert
      if event.isFiring { alert.resolvedAt = nil }
      return Parcel.Event(id: event.id, json: Array(event.json.utf8), alert: alert, isFiring: event.isFiring)
    }
    return events.isEmpty ? nil : Parcel(id: delivery.id, groupLabels: delivery.labels, events: events)
  }

  /// Goes on without a delivery that is not there any more, or that is given up for a reason.
  private func forget(_ number: UInt64, because reason: String? = nil) {
    underWay[number] = nil
    if let reason { giveUp(number, because: reason) }
    goOn(machine.forget(number, at: time.date))
  }

  private func conclude(_ number: UInt64, _ attempt: Attempt) {
    underWay[number] = nil
    let before = begun.removeValue(forKey: number)
    let now = time.date
    let outcome =
      switch attempt.outcome {
      case .answered(let status, _) where (200..<300).contains(status): "delivered"
      case .answered(let status, _): "\(status)"
      case .failed: "failed"
      }
    if outcome != "delivered" {
      logger.warning(
        "a delivery has not arrived",
        metadata: ["sink": "\(sink)", "delivery": "\(number)", "reason": "\(attempt.note ?? outcome)"])
    }
    let note = DeliveryAttempt(at: now, outcome: outcome, note: attempt.note)
    func keep(_ state: Delivery.State, due: Int64) {
      conclusions.append(
        AlertStore.Conclusion(number: number, attempt: note, state: state, due: due, before: before))
    }
    let actions = machine.concluded(number, attempt.outcome, at: now, chance: chance())
    for action in actions {
      switch action {
      case .delivered(number):
        metrics.delivery(sink: sink, .delivered)
        keep(.delivered, due: now)
      case .postponed(number, let due):
        metrics.delivery(sink: sink, .postponed)
        keep(.waiting, due: due)
      case .dead(number):
        metrics.delivery(sink: sink, .dead)
        keep(.dead, due: now)
      case .disabled:
        metrics.delivery(sink: sink, .disabled)
        logger.error(
          "a sink wants nothing any more, and what is for it is given up until `tripline deliveries enable`",
          metadata: ["sink": "\(sink)"])
      default: continue
      }
    }
    goOn(actions, after: number)
  }

  private func goOn(_ actions: [DeliveryMachine.Action], after concluded: UInt64? = nil) {
    Task { self.write() }
    perform(actions, after: concluded)
    setTimer()
    beginRefreshing()
  }

  /// Gives up a delivery without an attempt.
  private func giveUp(_ number: UInt64, because reason: String) {
    metrics.delivery(sink: sink, .dead)
    let now = time.date
    conclusions.append(
      AlertStore.Conclusion(
        number: number, attempt: DeliveryAttempt(at: now, outcome: DeliveryAttempt.givenUp, note: reason), state: .dead,
        due: now))
  }

  /// Writes what has been concluded since the last time, all at once.
  private func write() {
    guard !conclusions.isEmpty else { return }
    let written = conclusions
    conclusions = []
    do {
      let again = try store.conclude(written)
      try keepState()
      take(try again.compactMap { try store.delivery($0) })
    } catch {
      failed(error)
    }
  }

  private func keepState() throws {
    var state = AlertStore.SinkState()
    state.isDisabled = machine.isDisabled
    state.pausedUntil = machine.pausedUntil > time.date ? machine.pausedUntil : nil
    guard state != kept else { return }
    try store.keep(state, ofSink: sink)
    kept = state
  }
}
