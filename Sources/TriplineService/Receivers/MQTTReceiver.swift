#if MQTT
  import Synchronization
  package import TriplineAlerts

  /// Publishes events to a broker of MQTT, one a message.
  ///
  /// There is one connection, made with the first event and kept; one that was lost is made anew with the next attempt.
  package final class MQTTReceiver: Receiver {
    package let takesGroups = false
    private let broker: MQTTBroker
    private let line = Mutex(Line())

    private struct Line {
      var connection: MQTTConnection?
      var version = MQTTVersion.five
    }

    /// Creates a receiver.
    ///
    /// - Parameters:
    ///   - settings: the broker, with whole paths and a client id.
    ///   - password: its password, where it has one.
    package init(_ settings: ReceiverSettings.MQTT, password: String?) {
      broker = MQTTBroker(settings: settings, password: password)
    }

    deinit { line.withLock { $0.connection?.end() } }

    /// Publishes every event. It has arrived where the broker has acknowledged it; with quality of service 0, where it was
    /// written.
    package func attempt(_ parcel: Parcel) async -> Attempt {
      await parcel.each { event in
        await Attempt.within(broker.settings.timeout) { await self.publish(event.json) }
      }
    }

    private func publish(_ body: [UInt8]) async -> Attempt {
      let connection = connection()
      let end = await connection.publish(body)
      guard connection.needsOlderVersion else { return end }
      line.withLock { $0.version = .threeOneOne }
      return await self.connection().publish(body)
    }

    private func connection() -> MQTTConnection {
      line.withLock { line in
        if let open = line.connection, open.isUsable { return open }
        let connection = MQTTConnection(to: broker, version: line.version)
        line.connection = connection
        return connection
      }
    }
  }

  extension MQTTReceiver: CustomStringConvertible, CustomReflectable {
    /// The host.
    package var description: String { broker.settings.host }
    /// Nothing to be seen within.
    package var customMirror: Mirror { Mirror(self, children: []) }
  }
#endif
