/// What a file of rules says of the service that runs them: its store, its addresses, its vehicles and its patience.
public struct ServiceSettings: Sendable, Hashable {
  /// The file of the store, as it is named there.
  public var storePath = "tripline-alerts.db"
  /// For how long alerts are kept after they are over, in milliseconds; 400 days, so that a year can be compared with the last.
  public var alertRetention: Int64 = 400 * day
  /// For how long it is kept why something was decided, in milliseconds; 30 days.
  public var traceRetention: Int64 = 30 * day

  /// The address that is listened on; only this machine reaches the default.
  public var httpHost = "127.0.0.1"
  /// The port that is listened on; 0 is any that is free.
  public var httpPort = 8080
  /// Whether the configuration may be loaded anew by a request where other machines can reach the address.
  public var allowsRemoteReload = false

  /// The ids of the vehicles that are followed, with those of the groups; all where neither is given.
  public var vehicleIDs: [String]?
  /// The ids of the groups of MyCarTracks whose vehicles are followed.
  public var groupIDs: [String]?

  /// How long a vehicle has to say nothing before what its silence decides is decided, in milliseconds.
  public var silence: Int64 = 60_000
  /// How old a fix may be for somebody still to be told of what it decides, in milliseconds; 6 hours.
  public var largestAge: Int64 = 6 * 3_600_000
  /// How far behind the newest fix of its vehicle a fix may be and still be sorted in, in milliseconds; each fix waits that long.
  public var reorderWindow: Int64 = 0

  private static let day: Int64 = 86_400_000

  /// The defaults.
  public init() {}

  /// Reads what a configuration says of the service, and nothing else of it: also where its rules are wrong.
  ///
  /// - Throws: the first mistake of these sections, with its line and column.
  public init(ofConfiguration text: String, file: String) throws(ConfigurationError) {
    var root = try YAMLSection.document(text, file: file)
    self = try Self.read(&root)
  }

  /// Reads the sections `store`, `http`, `mycartracks` and `late`, each of which may be left out.
  ///
  /// - Throws: the first mistake, with its line and column.
  static func read(_ root: inout YAMLSection) throws(ConfigurationError) -> ServiceSettings {
    var settings = ServiceSettings()
    if let section = try root.section("store") { try settings.readStore(section) }
    if let section = try root.section("http") { try settings.readHTTP(section) }
    if let section = try root.section("mycartracks") { try settings.readAccount(section) }
    if let section = try root.section("late") { try settings.readLateness(section) }
    return settings
  }

  private mutating func readStore(_ section: YAMLSection) throws(ConfigurationError) {
    var section = section
    if let path = try section.text("path") {
      guard !path.isEmpty else { throw section.error("path has to name the file of the store", at: "path") }
      storePath = path
    }
    alertRetention = try Self.retention(&section, "retain_alerts") ?? alertRetention
    traceRetention = try Self.retention(&section, "retain_traces") ?? traceRetention
    try section.finish("store")
  }

  /// A time for which something is kept; other than with other lengths of time, years are nothing special.
  private static func retention(_ section: inout YAMLSection, _ key: String) throws(ConfigurationError) -> Int64? {
    guard let text = try section.text(key) else { return nil }
    guard let value = Quantity.milliseconds(text), (day...36_500 * day).contains(value) else {
      throw section.error("\(key) has to be from 1d to 36500d, with its unit, and not \(text)", at: key)
    }
    return value
  }

  private mutating func readHTTP(_ section: YAMLSection) throws(ConfigurationError) {
    var section = section
    if let text = try section.text("listen") {
      guard let address = Self.address(text) else {
        throw section.error(
          "listen has to be an address and a port, like 127.0.0.1:8080 or '[::1]:8080', and not \(text)", at: "listen")
      }
      (httpHost, httpPort) = address
    }
    allowsRemoteReload = try section.truth("allow_reload") ?? allowsRemoteReload
    try section.finish("http")
  }

  private static func address(_ text: String) -> (host: String, port: Int)? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let (digits, name) = (text[text.index(after: colon)...], text[..<colon])
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else { return nil }
    var host = name
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    return host.isEmpty || host.contains { $0.isWhitespace || $0 == "/" } ? nil : (String(host), Int(port))
  }

  private mutating func readAccount(_ section: YAMLSection) throws(ConfigurationError) {
    var section = section
    for key in section.keys where ["client_id", "client_secret", "client_id_file", "client_secret_file"].contains(key) {
      let name = "MYCARTRACKS_" + key.uppercased()
      let other = name.hasSuffix("_FILE") ? "" : " or \(name)_FILE"
      throw section.error("\(key) does not belong in this file; set \(name)\(other) in the environment", at: key)
    }
    vehicleIDs = try section.texts("vehicles")
    groupIDs = try section.texts("groups")
    try section.finish("mycartracks")
  }

  private mutating func readLateness(_ section: YAMLSection) throws(ConfigurationError) {
    var section = section
    silence = try section.duration("silence") ?? silence
    largestAge = try section.duration("max_age") ?? largestAge
    reorderWindow = try section.duration("reorder_window") ?? reorderWindow
    guard silence > 0 else { throw section.error("silence has to be above 0s", at: "silence") }
    guard reorderWindow <= largestAge else {
      throw section.error("reorder_window has to be at most as long as max_age", at: "reorder_window")
    }
    try section.finish("late")
  }
}
