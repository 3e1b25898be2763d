#if MQTT
  import TriplineAlerts

  /// A broker, and what it is told of who connects.
  struct MQTTBroker: Sendable {
    /// What the file of rules says, with whole paths and a client id.
    var settings: ReceiverSettings.MQTT
    /// The password, where there is one.
    var password: String?
  }

  /// What is spoken.
  enum MQTTVersion: Sendable {
    /// MQTT 5, in which a broker says why it takes something not.
    case five
    /// MQTT 3.1.1, for brokers that do not know the other.
    case threeOneOne
  }

  /// What broke a connection, or kept it from being made.
  enum MQTTFailure: Error {
    /// The broker has said that it does not want it, by a code of MQTT.
    case refused(code: Int32)
    /// The broker has ended it, by a code of MQTT 5 that says why.
    case ended(code: Int32)
    /// What libmosquitto says, and the number of the system's error where it is one of these.
    case library(code: Int32, errno: Int32)
    /// It was not wanted any more.
    case stopped
  }
#endif
