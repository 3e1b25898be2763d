#if MQTT
  import CMosquitto
  import Glibc
  import TriplineAlerts

  extension MQTTFailure {
    /// What is to be read of it. Of the broker's own words nothing is.
    func text(_ settings: ReceiverSettings.MQTT) -> String {
      let host = settings.host
      switch self {
      case .refused(let code): return "\(host) refuses the connection: \(Self.reason(code))"
      case .ended(let code): return "\(host) has closed the connection: \(Self.reason(code))"
      case .stopped: return "the connection to \(host) was given up: it does not answer"
      case .library(let code, let number):
        switch mosq_err_t(code) {
        case MOSQ_ERR_EAI, MOSQ_ERR_LOOKUP: return "the host \(host) cannot be found"
        case MOSQ_ERR_ERRNO where number != 0:
          return "the connection to \(host) failed: \(String(cString: strerror(number)).lowercased())"
        case MOSQ_ERR_CONN_LOST, MOSQ_ERR_NO_CONN, MOSQ_ERR_KEEPALIVE: return "\(host) has closed the connection"
        case MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE:
          return "no TLS with \(host): a certificate is not believed in or names another host, or the port is another"
        case MOSQ_ERR_QOS_NOT_SUPPORTED: return "\(host) does not take qos \(settings.qualityOfService)"
        case MOSQ_ERR_RETAIN_NOT_SUPPORTED: return "\(host) retains no messages; leave retain out"
        case MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_PAYLOAD_SIZE: return "the event is too long for \(host)"
        default:
          return "the connection to \(host) failed: \(String(cString: mosquitto_strerror(code)).lowercased())"
        }
      }
    }

    /// What a code of MQTT means: up to 5 an answer of MQTT 3.1.1, from 128 on a reason of MQTT 5.
    static func reason(_ code: Int32) -> String { reasons[code] ?? "reason \(code)" }

    /// Whether a broker does not know the version of MQTT.
    static func isOfVersion(_ code: Int32) -> Bool { code == 1 || code == 0x84 }

    private static let reasons: [Int32: String] = [
      1: "it does not know this version of MQTT", 2: "the client_id is not valid", 3: "it is not available",
      4: "bad username or password", 5: "not authorised", 0x81: "malformed packet", 0x82: "protocol error",
      0x84: "it does not know this version of MQTT", 0x85: "the client_id is not valid",
      0x86: "bad username or password", 0x87: "not authorised", 0x88: "it is not available", 0x89: "it is busy",
      0x8A: "banned", 0x8B: "it is shutting down", 0x8C: "bad authentication method",
      0x8D: "nothing was heard in time", 0x8E: "another client has come with the same client_id",
      0x90: "the topic is not valid", 0x93: "too many messages at once", 0x95: "the event is too long",
      0x96: "too many messages", 0x97: "quota exceeded", 0x98: "by an administrator", 0x99: "the event is not valid",
      0x9A: "it retains no messages", 0x9B: "it does not take this qos", 0x9C: "another server is to be used",
      0x9D: "the server has moved", 0x9F: "too many connections", 0xA0: "the connection has lasted too long",
    ]
  }
#endif
