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
    machine = DeliveryMachine(isDisabled: state.isDisabled, pausedUntil: state.pausedUntil ?? .min)
  }

  /// Takes deliveries: new ones, those of before, or those that are to be tried once more. One that is known counts once.
  package func take(_ deliveries: [Delivery]) {
    for delivery in deliveries where delivery.sink == sink && delivery.state == .waiting {
      perform(
        machine.add(
          delivery.number, about: delivery.about, failures: delivery.failures, due: delivery.due, at: time.date))
    }
    setTimer()
  }

  /// Takes what waits in the store, and whether the sink is wanted again.
  package func readStore() throws {
    write()
    let state = try store.state(ofSink: sink)
    if machine.isDisabled && !state.isDisabled {
      kept = state
      perform(machine.resume(at: time.date))
    }
    take(try store.deliveries([.waiting], to: sink))
  }

  /// Whether its receiver forgets what it is not told of again.
  nonisolated var isForgetful: Bool { receiver is any RefreshedReceiver }

  /// Tells again of alerts that its receiver was told of and that still fire, where it forgets them otherwise.
  package func refresh(_ standing: [NotificationMachine.Standing]) {
    guard let receiver = receiver as? any RefreshedReceiver, !isStopped, !machine.isDisabled else { return }
    let alerts = standing.filter { $0.told[name] != nil && $0.resolution == nil }.map(\.alert)
    guard !alerts.isEmpty else { return }
    let now = time.date
    // What of it fails is told the next time.
    Task { _ = await receiver.refresh(alerts, at: now) }
  }

  /// Tries nothing any more, and waits for what is under way.
  package func stop() async {
    isStopped = true
    timer?.task.cancel()
    for task in underWay.values { await task.value }
    write()
  }

  private func perform(_ actions: [DeliveryMachine.Action]) {
    for action in actions {
      guard case .attempt(let number) = action, !isStopped else { continue }
      underWay[number] = Task { await attempt(number) }
    }
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
    let attempt: Attempt
    do {
      guard let parcel = try parcel(number) else {
        return conclude(number, Attempt(outcome: .failed, note: "its events are not there any more"))
      }
      attempt = await receiver.attempt(parcel)
    } catch {
      failed(error)
      return
    }
    conclude(number, attempt)
  }

  private func parcel(_ number: UInt64) throws -> Parcel? {
    guard let delivery = try store.delivery(number) else { return nil }
    let events = try store.events(of: delivery).compactMap { event -> Parcel.Event? in
      guard var alert = try store.alert(event.alert)?.alert else { return nil }
      if event.isFiring { alert.resolvedAt = nil }
      return Parcel.Event(id: event.id, json: Array(event.json.utf8), alert: alert, isFiring: event.isFiring)
    }
    guard !events.isEmpty else { return nil }
    return Parcel(id: delivery.id, groupLabels: delivery.labels, events: events)
  }

  private func conclude(_ number: UInt64, _ attempt: Attempt) {
    underWay[number] = nil
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
    let actions = machine.concluded(number, attempt.outcome, at: now, chance: chance())
    for action in actions {
      switch action {
      case .delivered(number):
        metrics.delivery(sink: sink, .delivered)
        conclusions.append(AlertStore.Conclusion(number: number, attempt: note, state: .delivered, due: now))
      case .postponed(number, let due):
        metrics.delivery(sink: sink, .postponed)
        conclusions.append(AlertStore.Conclusion(number: number, attempt: note, state: .waiting, due: due))
      case .dead(number):
        metrics.delivery(sink: sink, .dead)
        conclusions.append(AlertStore.Conclusion(number: number, attempt: note, state: .dead, due: now))
      case .disabled:
        metrics.delivery(sink: sink, .disabled)
        conclusions.append(AlertStore.Conclusion(number: number, attempt: note, state: .waiting, due: now))
      default: continue
      }
    }
    Task { self.write() }
    perform(actions)
    setTimer()
  }

  /// Writes what has been concluded since the last time, all at once.
  private func write() {
    guard !conclusions.isEmpty else { return }
    let written = conclusions
    conclusions = []
    do {
      try store.conclude(written)
      var state = AlertStore.SinkState()
      state.isDisabled = machine.isDisabled
      state.pausedUntil = machine.pausedUntil > time.date ? machine.pausedUntil : nil
      guard state != kept else { return }
      try store.keep(state, ofSink: sink)
      kept = state
    } catch {
      failed(error)
    }
  }
}
