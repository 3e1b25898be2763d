public import TriplineCore

extension AlertMachine {
  /// All that is kept of a machine over a restart; with the book of rules the whole of it.
  public struct State: Sendable, Hashable, Codable {
    /// What fires.
    public var alerts: [StandingAlert] = []
    /// What rules of states know of vehicles.
    public var vehicles: [VehicleState] = []
    /// Since when rules that were not there from the beginning are there, in milliseconds UTC, by their names.
    public var since: [String: Int64] = [:]

    /// Nothing.
    public init() {}
  }

  /// What rules of states know of a vehicle.
  public struct VehicleState: Sendable, Hashable, Codable {
    /// The vehicle's index.
    public var vehicle: UInt32
    /// The ids of the fences it is inside of, by the name of the rule, in their order.
    public var fences: [String: [String]] = [:]
    /// When it was last somewhere, in milliseconds UTC, where a rule asks for that.
    public var time: Int64?
    /// Where that was.
    public var coordinate: Coordinate?
    /// Its stays in fences of which rules of overspeed ask, by the name of the rule; `nil` where there are none.
    public var stays: [String: [FenceStay]]?
    /// Since when its ignition has been on, in milliseconds UTC, where a rule asks for that.
    public var ignition: Int64?

    /// Creates a state in which nothing is known.
    public init(vehicle: UInt32) { self.vehicle = vehicle }
  }

  /// The state.
  ///
  /// - Precondition: what came so far has been settled.
  public var state: State {
    precondition(leaving.isEmpty, "a state is taken between two fixes")
    var state = State()
    state.alerts = standing
    state.since = since
    for vehicle in Set(members.keys).union(places.keys).union(ignitions.keys).union(stays.keys).sorted() {
      var known = VehicleState(vehicle: vehicle)
      for (rule, fences) in members[vehicle] ?? [:] { known.fences[book.rules[rule].name] = fences.sorted() }
      known.time = places[vehicle]?.time
      known.coordinate = places[vehicle]?.coordinate
      known.ignition = ignitions[vehicle]
      known.stays = stays[vehicle].map { own in
        Dictionary(uniqueKeysWithValues: own.map { (book.rules[$0.key].name, $0.value) })
      }
      state.vehicles.append(known)
    }
    return state
  }

  /// Goes on where a state was taken; what is of no rule of the book is left out.
  public mutating func restore(_ state: State) { restore(state, of: Set(book.rules.map(\.name))) }

  /// The same; of other rules than these it is not known what vehicles are inside of.
  mutating func restore(_ state: State, of rules: Set<String>) {
    restore(state.alerts)
    since = state.since
    for known in state.vehicles {
      for (name, fences) in known.fences where rules.contains(name) {
        guard let rule = book.rules.firstIndex(where: { $0.name == name }) else { continue }
        members[known.vehicle, default: [:]][rule] = Set(fences)
      }
      for (name, own) in known.stays ?? [:] where rules.contains(name) {
        guard let rule = book.overspeeds.first(where: { book.rules[$0.rule].name == name })?.rule else { continue }
        stays[known.vehicle, default: [:]][rule] = own
      }
      if !book.idlings.isEmpty { ignitions[known.vehicle] = known.ignition }
      guard book.needsPlaces, let time = known.time, let coordinate = known.coordinate else { continue }
      places[known.vehicle] = Place(time: time, coordinate: coordinate)
    }
  }
}
