/// What somebody wants to be told of some fences, and how sure they want to be.
///
/// Where a vehicle is, and what the listener of a rule has been told, are two things: a rule is told of an entry or an
/// exit once its conditions hold, and always of the two in turn.
public struct FenceRule: Sendable, Hashable {
  /// The owner's id, unique among all rules.
  public var id: String
  /// The fences it is about.
  public var fences: Selection
  /// The vehicles it is about: those in any of these groups, or `nil` for all.
  public var vehicles: VehicleGroups?
  /// How sure it is to be.
  public var conditions: FenceConditions

  /// Which fences a rule is about.
  public enum Selection: Sendable, Hashable {
    /// All of the set.
    case all
    /// Those with these ids; one that the set does not have is no mistake.
    case ids(Set<String>)
    /// Those with any of these tags.
    case tags(Set<String>)

    /// Whether a fence of a set, by its index, is one of them.
    public func contains(_ fence: UInt32, of fences: FenceSet) -> Bool {
      switch self {
      case .all: true
      case .ids(let ids): ids.contains(fences.id(of: fence))
      case .tags(let tags): !tags.isDisjoint(with: fences.tags(of: fence))
      }
    }
  }

  /// Creates a rule.
  public init(
    id: String, fences: Selection = .all, vehicles: VehicleGroups? = nil,
    conditions: FenceConditions = FenceConditions()
  ) {
    self.id = id
    self.fences = fences
    self.vehicles = vehicles
    self.conditions = conditions
  }
}
