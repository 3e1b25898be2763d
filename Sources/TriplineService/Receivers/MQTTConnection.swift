#if MQTT
  import CMosquitto
  import Foundation
  import Synchronization
  import TriplineAlerts

  /// A connection to a broker that is used until it breaks, and not made again then.
  ///
  /// It has a thread of its own, which alone calls libmosquitto: that may wait for the network.
  final class MQTTConnection: Sendable {
    private typealias Waiting = CheckedContinuation<Attempt, Never>

    private struct Message {
      var number: UInt64
      var body: [UInt8]
    }

    private struct State {
      var isWanted = true
      /// Whether the thread is where nothing can stop it.
      var isConnecting = true
      var failure: MQTTFailure?
      var count: UInt64 = 0
      /// What is to be sent.
      var outgoing: [Message] = []
      /// Who waits for an end of what is to be sent, or was sent.
      var waiting: [UInt64: Waiting] = [:]
    }

    private let broker: MQTTBroker
    private let version: MQTTVersion
    private let state = Mutex(State())
    private let alarm = tripline_alarm_new()

    /// Begins to connect.
    init(to broker: MQTTBroker, version: MQTTVersion) {
      self.broker = broker
      self.version = version
      let thread = Thread { [self] in run() }
      thread.name = "mqtt"
      thread.start()
    }

    deinit { if alarm >= 0 { _ = close(alarm) } }

    /// Whether more may be published by it.
    var isUsable: Bool { state.withLock { $0.isWanted && $0.failure == nil } }

    /// Whether it broke because the broker does not know the version.
    var needsOlderVersion: Bool {
      state.withLock { state in
        guard version == .five, case .refused(let code) = state.failure else { return false }
        return MQTTFailure.isOfVersion(code)
      }
    }

    /// Has it closed, sooner or later.
    func end() {
      state.withLock { $0.isWanted = false }
      tripline_alarm_ring(alarm)
    }

    /// Publishes a message once the broker has taken the connection; the end comes with its acknowledgement, or with what broke
    /// the connection.
    ///
    /// Where the task is cancelled, nobody knows what came of it, and the connection is given up: libmosquitto would send it
    /// again.
    func publish(_ body: [UInt8]) async -> Attempt {
      let number = state.withLock { state in
        state.count += 1
        return state.count
      }
      return await withTaskCancellationHandler {
        await withCheckedContinuation { (waiting: Waiting) in
          let end: Attempt? = state.withLock { state in
            if Task.isCancelled { return .failed("it was stopped") }
            if let failure = state.failure { return .failed(failure.text(broker.settings)) }
            state.waiting[number] = waiting
            state.outgoing.append(Message(number: number, body: body))
            return nil
          }
          if let end { waiting.resume(returning: end) } else { tripline_alarm_ring(alarm) }
        }
      } onCancel: {
        abandon(number)
      }
    }

    private func abandon(_ number: UInt64) {
      let waiting = state.withLock { state -> Waiting? in
        guard let waiting = state.waiting.removeValue(forKey: number) else { return nil }
        state.outgoing.removeAll { $0.number == number }
        // A connection that is still being made has sent nothing, and the next attempt waits for it as well.
        if !state.isConnecting { state.isWanted = false }
        return waiting
      }
      tripline_alarm_ring(alarm)
      waiting?.resume(returning: .failed("it was stopped"))
    }

    // What follows is the thread.

    private func run() {
      // Signals are for others, and one of a broken pipe is told as an error as well.
      var signals = sigset_t()
      sigfillset(&signals)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      do throws(MQTTFailure) {
        guard alarm >= 0 else { throw .library(code: MOSQ_ERR_ERRNO.rawValue, errno: EMFILE) }
        try run(MQTTClient(broker, version: version))
      } catch {
        fail(error)
      }
    }

    private func run(_ client: MQTTClient) throws(MQTTFailure) {
      try client.connect()
      var sent: [Int32: UInt64] = [:]
      // What was acknowledged before it broke has arrived.
      defer { settle(client, &sent) }
      while true {
        let (isWanted, outgoing) = state.withLock { state -> (Bool, [Message]) in
          state.isConnecting = false
          guard state.isWanted, client.isOpen else { return (state.isWanted, []) }
          defer { state.outgoing = [] }
          return (true, state.outgoing)
        }
        guard isWanted else {
          client.disconnect()
          throw .stopped
        }
        for message in outgoing {
          do throws(MQTTFailure) {
            sent[try client.publish(message.body)] = message.number
          } catch {
            finish(message.number, .failed(error.text(broker.settings)))
          }
        }
        settle(client, &sent)
        try client.turn(alarm: alarm)
      }
    }

    private func settle(_ client: MQTTClient, _ sent: inout [Int32: UInt64]) {
      for (message, code) in client.takeAcknowledged() {
        guard let number = sent.removeValue(forKey: message) else { continue }
        let refusal = "\(broker.settings.host) does not take the event: \(MQTTFailure.reason(code))"
        finish(number, code < 0x80 ? .delivered : .failed(refusal))
      }
    }

    private func finish(_ number: UInt64, _ end: Attempt) {
      state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: end)
    }

    private func fail(_ failure: MQTTFailure) {
      let waiting = state.withLock { state in
        state.failure = failure
        defer { (state.waiting, state.outgoing) = ([:], []) }
        return Array(state.waiting.values)
      }
      let text = failure.text(broker.settings)
      for waiting in waiting { waiting.resume(returning: .failed(text)) }
    }
  }
#endif
