/// Something that comes as a row of a list.
public protocol Resource: Sendable {
  /// Its id, where the row has one.
  var resourceID: ResourceID? { get }
}

/// A resource that is read from a row.
protocol DecodableResource: Resource {
  /// Reads a row; fails where identity, or what makes no sense without, is missing.
  init?(_ row: Row)
}
