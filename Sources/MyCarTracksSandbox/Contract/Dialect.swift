/// How the sandbox speaks where the API's documentation leaves it open: every switch is one thing that is ASSUMED.
public struct Dialect: Sendable, Hashable {
  /// What is around the rows of a list.
  public enum Envelope: String, Sendable, CaseIterable { case object, bareArray, nestedSingle }
  /// What the total is called, where it is asked for.
  public enum TotalKey: String, Sendable, CaseIterable { case total, totalCount, totalRows, count, absent }
  /// How ids are written.
  public enum Identifiers: String, Sendable, CaseIterable { case number, string }
  /// What vehicles are called in other rows.
  public enum Naming: String, Sendable, CaseIterable { case vehicle, car }
  /// How times are written.
  public enum Times: String, Sendable, CaseIterable { case ms, s, iso }
  /// How times in filters are read.
  public enum FilterTimes: String, Sendable, CaseIterable { case s, ms, ignored }
  /// Which tracks a filter by times lets through: those with a part in them, or those that begin in them.
  public enum FilterMeaning: String, Sendable, CaseIterable { case overlap, begin }
  /// What lengths of time are in.
  public enum Lengths: String, Sendable, CaseIterable { case ms, s }
  /// What distances are in.
  public enum Distance: String, Sendable, CaseIterable { case km, m, mi, text }
  /// What speeds are in.
  public enum Speed: String, Sendable, CaseIterable { case kmh, ms, mph, text }
  /// How heights are written.
  public enum Altitude: String, Sendable, CaseIterable { case number, text }
  /// What the fields of positions are called.
  public enum PositionNames: String, Sendable, CaseIterable { case full, short, geoJSON }
  /// The order of a list of tracks.
  public enum TrackOrder: String, Sendable, CaseIterable { case newest, oldest, shuffled }
  /// What is around a single track.
  public enum SingleTrack: String, Sendable, CaseIterable { case bare, wrapped }
  /// How a last position is written.
  public enum LastPosition: String, Sendable, CaseIterable { case flat, nestedPosition, vehicleWithPosition }
  /// Which names the request for a stream has to use; others are refused.
  public enum StreamBody: String, Sendable, CaseIterable { case vehicleIds, groupIds, vehicles, empty }
  /// What the kind of a live message is called.
  public enum LiveKey: String, Sendable, CaseIterable { case type, event, eventType, kind, messageType }
  /// How a live position is written.
  public enum LiveShape: String, Sendable, CaseIterable { case flat, nested, batch, lines }
  /// What frames live messages are.
  public enum LiveFrame: String, Sendable, CaseIterable { case text, binary }
  /// How the live stream knows who connects.
  public enum LiveAuthorization: String, Sendable, CaseIterable { case url, bearer }
  /// What an error's body is.
  public enum ErrorBody: String, Sendable, CaseIterable { case json, empty, html }

  /// What is around the rows of a list.
  public var envelope = Envelope.object
  /// What the total is called.
  public var totalKey = TotalKey.total
  /// How ids are written.
  public var ids = Identifiers.number
  /// What vehicles are called in the rows of tracks.
  public var naming = Naming.car
  /// What they are called in last positions and live messages.
  public var positionNaming = Naming.vehicle
  /// How times are written.
  public var times = Times.ms
  /// How times in filters are read.
  public var filterTimes = FilterTimes.s
  /// Which tracks a filter by times lets through.
  public var filterMeaning = FilterMeaning.overlap
  /// What lengths of time are in.
  public var lengths = Lengths.ms
  /// What distances are in.
  public var distance = Distance.km
  /// What speeds are in.
  public var speed = Speed.kmh
  /// How heights are written.
  public var altitude = Altitude.number
  /// What the fields of positions are called.
  public var positionNames = PositionNames.full
  /// The most rows of a page; more are not given, without a word.
  public var limitCap: Int?
  /// The order of a list of tracks.
  public var trackOrder = TrackOrder.newest
  /// What is around a single track.
  public var singleTrack = SingleTrack.bare
  /// How a last position is written.
  public var lastPosition = LastPosition.flat
  /// Which names the request for a stream has to use.
  public var streamBody = StreamBody.vehicleIds
  /// The status of a new stream: 200 or 201.
  public var streamStatus = 201
  /// What the kind of a live message is called.
  public var wsKey = LiveKey.type
  /// How a live position is written.
  public var wsShape = LiveShape.nested
  /// What frames live messages are.
  public var wsFrame = LiveFrame.text
  /// How the live stream knows who connects.
  public var wsAuth = LiveAuthorization.url
  /// What an error's body is.
  public var errorBody = ErrorBody.json
  /// Whether there are bearings.
  public var bearing = true
  /// Whether there are accuracies.
  public var accuracy = true
  /// Whether there are geofences to be listed.
  public var geofences = true

  /// The canonical one of the contract.
  public static let a = Dialect()

  /// As version 2 was seen: cars, kilometres, heights as text, no accuracy and no bearing.
  public static let b: Dialect = {
    var dialect = Dialect()
    dialect.altitude = .text
    dialect.positionNaming = .car
    dialect.bearing = false
    dialect.accuracy = false
    dialect.totalKey = .totalCount
    dialect.wsShape = .flat
    dialect.geofences = false
    dialect.errorBody = .html
    return dialect
  }()

  /// Everything a client may stumble over.
  public static let c: Dialect = {
    var dialect = Dialect()
    dialect.envelope = .nestedSingle
    dialect.totalKey = .absent
    dialect.ids = .string
    dialect.naming = .vehicle
    dialect.times = .iso
    dialect.filterTimes = .ignored
    dialect.lengths = .s
    dialect.distance = .text
    dialect.speed = .mph
    dialect.altitude = .text
    dialect.positionNames = .short
    dialect.limitCap = 100
    dialect.trackOrder = .shuffled
    dialect.singleTrack = .wrapped
    dialect.lastPosition = .vehicleWithPosition
    dialect.streamBody = .vehicles
    dialect.streamStatus = 200
    dialect.wsKey = .messageType
    dialect.wsShape = .batch
    dialect.wsFrame = .binary
    dialect.wsAuth = .bearer
    dialect.errorBody = .empty
    dialect.bearing = false
    return dialect
  }()

  /// The switches by name, with the values that each takes.
  package static let switches: [(name: String, values: [String], set: @Sendable (inout Dialect, String) -> Bool)] = [
    choice("envelope", \.envelope), choice("totalKey", \.totalKey), choice("ids", \.ids), choice("naming", \.naming),
    choice("positionNaming", \.positionNaming),
    choice("times", \.times), choice("filterTimes", \.filterTimes),
    choice("filterMeaning", \.filterMeaning), choice("lengths", \.lengths), choice("distance", \.distance),
    choice("speed", \.speed), choice("altitude", \.altitude), choice("positionNames", \.positionNames),
    choice("trackOrder", \.trackOrder), choice("singleTrack", \.singleTrack), choice("lastPosition", \.lastPosition),
    choice("streamBody", \.streamBody), choice("wsKey", \.wsKey), choice("wsShape", \.wsShape),
    choice("wsFrame", \.wsFrame),
    choice("wsAuth", \.wsAuth), choice("errorBody", \.errorBody), flag("bearing", \.bearing),
    flag("accuracy", \.accuracy), flag("geofences", \.geofences),
    (
      "limitCap", ["a number"],
      { dialect, text in
        guard let cap = Int(text), cap > 0 else { return false }
        dialect.limitCap = cap
        return true
      }
    ),
    (
      "streamStatus", ["200", "201"],
      { dialect, text in
        guard let status = Int(text), status == 200 || status == 201 else { return false }
        dialect.streamStatus = status
        return true
      }
    ),
  ]

  /// Sets a switch by its name, as in `distance=m`; fails where there is no such switch or value, and says which there are.
  public mutating func set(_ text: String) -> String? {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard let known = Self.switches.first(where: { $0.name == parts.first }) else {
      return "there is no switch \(text); the switches are \(Self.switches.map(\.name).joined(separator: ", "))"
    }
    guard parts.count == 2, known.set(&self, parts[1]) else {
      return "\(known.name) takes \(known.values.joined(separator: ", "))"
    }
    return nil
  }

  private static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Dialect, Value> & Sendable
  ) -> (name: String, values: [String], set: @Sendable (inout Dialect, String) -> Bool) where Value.RawValue == String {
    (
      name, Value.allCases.map(\.rawValue),
      { dialect, text in
        guard let value = Value(rawValue: text) else { return false }
        dialect[keyPath: path] = value
        return true
      }
    )
  }

  private static func flag(
    _ name: String, _ path: any WritableKeyPath<Dialect, Bool> & Sendable
  ) -> (name: String, values: [String], set: @Sendable (inout Dialect, String) -> Bool) {
    (
      name, ["true", "false"],
      { dialect, text in
        guard let value = Bool(text) else { return false }
        dialect[keyPath: path] = value
        return true
      }
    )
  }
}
