import Synchronization

/// What a fence is called and what its owner says of it.
struct FenceLabel: Sendable {
  /// What few fences have.
  final class Details: Sendable {
    let tags: Set<String>
    let attributes: [String: String]

    init(_ fence: Fence) {
      tags = fence.tags
      attributes = fence.attributes
    }
  }

  let name: String?
  let details: Details?
  /// Metres a second, NaN for none. Not among the details: it is looked at for every fix inside, and so is the end.
  let speedLimit: Float
  /// When its time is over, in milliseconds UTC; `.max` for never.
  let end: Int64

  init(_ fence: Fence) {
    name = fence.name
    speedLimit = fence.speedLimit.map { Float($0) } ?? .nan
    end = fence.expires ?? .max
    details = fence.tags.isEmpty && fence.attributes.isEmpty ? nil : Details(fence)
  }
}

/// The ids and labels of a set's fences by dense index: those it was built with, and those that came and went since.
struct FenceNames: Sendable {
  /// What sets that come of one another have in common.
  private final class Original: Sendable {
    let table: IdentifierTable
    let labels: [FenceLabel]
    /// Held by who edits a set or one that came of it.
    let editing = Mutex(())

    init(table: IdentifierTable, labels: [FenceLabel]) {
      self.table = table
      self.labels = labels
    }
  }

  private let original: Original
  private var addedIDs: [String] = []
  private var addedLabels: [FenceLabel] = []
  private var addedIndices: [String: UInt32] = [:]
  private(set) var removed: Set<UInt32> = []
  /// Whether any fence has had a speed limit.
  private(set) var hasSpeedLimits: Bool
  /// When the first fence ends that may be there; `.max` where none does.
  private(set) var firstEnd: Int64

  init(table: IdentifierTable, labels: [FenceLabel]) {
    original = Original(table: table, labels: labels)
    hasSpeedLimits = labels.contains { !$0.speedLimit.isNaN }
    firstEnd = labels.lazy.map(\.end).min() ?? .max
  }

  /// Indices given out, those of removed fences included.
  var count: Int { original.table.count + addedIDs.count }

  /// All ids, those of removed fences included.
  var ids: [String] { addedIDs.isEmpty ? original.table.ids : original.table.ids + addedIDs }

  subscript(fence: UInt32) -> String {
    Int(fence) < original.table.count ? original.table[fence] : addedIDs[Int(fence) - original.table.count]
  }

  func label(of fence: UInt32) -> FenceLabel {
    Int(fence) < original.labels.count ? original.labels[Int(fence)] : addedLabels[Int(fence) - original.labels.count]
  }

  /// The speed limit of a fence in metres a second, NaN for none.
  @inline(__always)
  func speedLimit(of fence: UInt32) -> Float {
    let index = Int(fence)
    return index < original.labels.count
      ? original.labels[index].speedLimit : addedLabels[index - original.labels.count].speedLimit
  }

  /// When the time of a fence is over, in milliseconds UTC; `.max` for never.
  @inline(__always)
  func end(of fence: UInt32) -> Int64 {
    let index = Int(fence)
    return index < original.labels.count
      ? original.labels[index].end : addedLabels[index - original.labels.count].end
  }

  /// The fences that are there and whose time is over at an instant.
  func expired(at time: Int64) -> [UInt32] {
    firstEnd <= time ? (0..<UInt32(count)).filter { !removed.contains($0) && end(of: $0) <= time } : []
  }

  /// Finds anew which fence ends first.
  mutating func findFirstEnd() {
    firstEnd = .max
    for fence in 0..<UInt32(count) where !removed.contains(fence) { firstEnd = min(firstEnd, end(of: fence)) }
  }

  /// The index of a fence that is there.
  func index(of id: String) -> UInt32? {
    if let index = addedIndices[id] { return index }
    return original.table.index(of: id).flatMap { removed.contains($0) ? nil : $0 }
  }

  mutating func add(_ fence: Fence) {
    addedIndices[fence.id] = UInt32(count)
    addedIDs.append(fence.id)
    addedLabels.append(FenceLabel(fence))
    if fence.speedLimit != nil { hasSpeedLimits = true }
    firstEnd = min(firstEnd, fence.expires ?? .max)
  }

  mutating func remove(_ fence: UInt32) {
    addedIndices[self[fence]] = nil
    removed.insert(fence)
  }

  /// Does something while nobody else edits the set or one that came of it.
  func editing<Result, Failure: Error>(_ body: () throws(Failure) -> sending Result) throws(Failure) -> sending Result {
    try original.editing.withLock { _ throws(Failure) in try body() }
  }
}
