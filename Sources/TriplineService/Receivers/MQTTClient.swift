#if MQTT
  import CMosquitto
  import Glibc
  import TriplineAlerts

  /// A client of libmosquitto, for one thread alone.
  final class MQTTClient {
    /// After so many seconds without a message the broker is asked whether it is still there.
    private static let keepAlive: Int32 = 30
    /// How long to wait for the socket in milliseconds, so that the above is looked at.
    private static let longestWait: Int32 = 5000
    /// libmosquitto has to be made ready once.
    private static let isReady: Bool = mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue

    private let settings: ReceiverSettings.MQTT
    private let version: MQTTVersion
    private let pointer: OpaquePointer
    /// What the broker has answered to the connection, by a code of MQTT.
    private var answer: Int32?
    /// Why the broker has ended the connection.
    private var farewell: Int32?
    /// What has been acknowledged, and by what code, since that was taken.
    private var acknowledged: [(message: Int32, code: Int32)] = []

    /// Creates a client, which is not connected yet.
    init(_ broker: MQTTBroker, version: MQTTVersion) throws(MQTTFailure) {
      guard Self.isReady, let pointer = mosquitto_new(broker.settings.clientID, true, nil) else {
        throw .library(code: MOSQ_ERR_NOMEM.rawValue, errno: 0)
      }
      settings = broker.settings
      self.version = version
      self.pointer = pointer
      mosquitto_user_data_set(pointer, Unmanaged.passUnretained(self).toOpaque())
      mosquitto_connect_v5_callback_set(pointer) { _, object, code, _, _ in MQTTClient.of(object)?.answer = code }
      mosquitto_disconnect_v5_callback_set(pointer) { _, object, code, _ in
        if code >= 0x80 { MQTTClient.of(object)?.farewell = code }
      }
      mosquitto_publish_v5_callback_set(pointer) { _, object, message, code, _ in
        MQTTClient.of(object)?.acknowledged.append((message, code))
      }
      let number = version == .five ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
      try check(mosquitto_int_option(pointer, MOSQ_OPT_PROTOCOL_VERSION, number))
      try check(mosquitto_username_pw_set(pointer, settings.username, broker.password))
      guard let tls = settings.tls else { return }
      if let authorities = tls.authorities {
        try check(
          mosquitto_tls_set(pointer, authorities, nil, tls.identity?.certificate, tls.identity?.key, nil))
      } else {
        try check(mosquitto_int_option(pointer, MOSQ_OPT_TLS_USE_OS_CERTS, 1))
      }
    }

    deinit { mosquitto_destroy(pointer) }

    private static func of(_ object: UnsafeMutableRawPointer?) -> MQTTClient? {
      object.map { Unmanaged<MQTTClient>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Makes the connection as far as the network goes; the thread waits as long as the system does.
    func connect() throws(MQTTFailure) {
      try check(mosquitto_connect(pointer, settings.host, Int32(settings.port), Self.keepAlive))
    }

    /// Whether the broker has taken the connection.
    var isOpen: Bool { answer == 0 }

    /// Reads and writes what can be, or waits for it for some seconds, or until an alarm is rung.
    func turn(alarm: Int32) throws(MQTTFailure) {
      let socket = mosquitto_socket(pointer)
      guard socket >= 0 else { throw broken(MOSQ_ERR_CONN_LOST.rawValue) }
      let found = Int(tripline_wait(socket, mosquitto_want_write(pointer), alarm, Self.longestWait))
      var code = MOSQ_ERR_SUCCESS.rawValue
      if found & TRIPLINE_READABLE != 0 { code = mosquitto_loop_read(pointer, 1) }
      if code == 0, found & TRIPLINE_WRITABLE != 0 { code = mosquitto_loop_write(pointer, 1) }
      if code == 0 { code = mosquitto_loop_misc(pointer) }
      try check(code)
      if let answer, answer != 0 { throw .refused(code: answer) }
    }

    /// Sends a message, and gives the number by which it will be acknowledged.
    func publish(_ body: [UInt8]) throws(MQTTFailure) -> Int32 {
      var (message, properties) = (0 as Int32, nil as OpaquePointer?)
      defer { mosquitto_property_free_all(&properties) }
      if version == .five {
        let name = Int32(MQTT_PROP_CONTENT_TYPE.rawValue)
        try check(mosquitto_property_add_string(&properties, name, CloudEvent.mediaType))
      }
      try check(
        mosquitto_publish_v5(
          pointer, &message, settings.topic, Int32(body.count), body, Int32(settings.qualityOfService),
          settings.isRetained, properties))
      return message
    }

    /// What has been acknowledged since the last time.
    func takeAcknowledged() -> [(message: Int32, code: Int32)] {
      defer { acknowledged = [] }
      return acknowledged
    }

    /// Takes leave of the broker.
    func disconnect() { _ = mosquitto_disconnect(pointer) }

    private func check(_ code: Int32) throws(MQTTFailure) {
      guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
      throw broken(code)
    }

    /// What the broker has said goes before what that came to.
    private func broken(_ code: Int32) -> MQTTFailure {
      let number = errno
      if let answer, answer != 0 { return .refused(code: answer) }
      if let farewell { return .ended(code: farewell) }
      return .library(code: code, errno: number)
    }
  }
#endif
