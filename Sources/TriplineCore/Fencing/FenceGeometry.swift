/// All shapes of a set in flat buffers, fences by dense index.
struct FenceGeometry: Sendable {
  /// A fence's shape: a range of rings, a circle, or a range of pieces of a corridor.
  struct Record: Sendable, BitwiseCopyable {
    var box: PlanarBox
    /// Center of a circle; its `x` may be past 180 like that of a polygon.
    var center: PlanarPoint
    /// Radius of a circle or half the width of a corridor in metres, 0 of a polygon.
    var radius: Double
    /// The first of its rings, or of its pieces.
    var firstPart: UInt32
    var partCount: UInt32

    @inline(__always) var isCircle: Bool { radius > 0 && partCount == 0 }
    var isCorridor: Bool { radius > 0 && partCount > 0 }
    var isPolygons: Bool { radius == 0 }
  }

  private(set) var records = ArenaList<Record>()
  /// The rings one after another, each closed: its first corner stands at its end again.
  private(set) var vertices = ArenaList<PlanarPoint>()
  /// Where each ring begins, and last where the next one would.
  private var ringStarts = ArenaList<UInt32>()
  /// The pieces of all corridors.
  private(set) var capsules = ArenaList<Capsule>()

  init() { ringStarts.append(0) }

  /// The memory of all in bytes.
  var byteCount: Int { records.byteCount + vertices.byteCount + ringStarts.byteCount + capsules.byteCount }

  /// Whether no other copy has been appended to since: only then may this one be.
  var isNewest: Bool {
    records.isNewest && vertices.isNewest && ringStarts.isNewest && capsules.isNewest
  }

  /// Shared from now on: nothing of it moves any more.
  mutating func seal() {
    records.seal()
    vertices.seal()
    ringStarts.seal()
    capsules.seal()
  }

  /// Whether the shapes of fences can be appended without anything having to move.
  func hasRoom(for fences: [Fence]) -> Bool {
    let (vertexCount, ringCount, pieceCount) = Self.counts(of: fences)
    return records.hasRoom(for: fences.count) && vertices.hasRoom(for: vertexCount)
      && ringStarts.hasRoom(for: ringCount)
      && capsules.hasRoom(for: pieceCount)
  }

  /// Makes room for the shapes of fences.
  mutating func reserve(for fences: [Fence]) {
    let (vertexCount, ringCount, pieceCount) = Self.counts(of: fences)
    records.reserve(fences.count)
    vertices.reserve(vertexCount)
    ringStarts.reserve(ringCount + 1)
    capsules.reserve(pieceCount)
  }

  /// A copy that can be appended to, with room for the shapes of fences besides.
  func copied(withRoomFor fences: [Fence]) -> FenceGeometry {
    let more = Self.counts(of: fences)
    var copy = FenceGeometry()
    copy.records = records.copied(withRoomFor: fences.count)
    copy.vertices = vertices.copied(withRoomFor: more.vertices)
    copy.ringStarts = ringStarts.copied(withRoomFor: more.rings)
    copy.capsules = capsules.copied(withRoomFor: more.pieces)
    return copy
  }

  /// At least about so many vertices, rings and pieces that fences will have.
  private static func counts(of fences: [Fence]) -> (vertices: Int, rings: Int, pieces: Int) {
    var counts = (vertices: 0, rings: 0, pieces: 0)
    for fence in fences {
      switch fence.shape {
      case .polygons(let polygons):
        for ring in polygons.lazy.flatMap(\.rings) {
          // A ring around a pole is closed over it.
          counts.vertices += ring.coordinates.count + 4
          counts.rings += 1
        }
      case .box:
        counts.vertices += 5
        counts.rings += 1
      case .circle: break
      case .corridor(let path, _):
        for (a, b) in zip(path, path.dropFirst()) where abs(b.latitude - a.latitude) <= 180 {
          counts.pieces += Int(abs(b.latitude - a.latitude) / Capsule.longestHeight) + 1
        }
      }
    }
    return counts
  }

  /// Appends a fence of polygons.
  mutating func append(polygons: [SettledPolygon]) {
    var box = PlanarBox.empty
    let first = ringStarts.count - 1
    for polygon in polygons {
      for ring in polygon.rings {
        for point in ring { box.extend(to: point) }
        for point in ring { vertices.append(point) }
        ringStarts.append(UInt32(vertices.count))
      }
    }
    records.append(
      Record(
        box: box, center: PlanarPoint(x: 0, y: 0), radius: 0, firstPart: UInt32(first),
        partCount: UInt32(ringStarts.count - 1 - first)))
  }

  /// Appends a corridor.
  ///
  /// - Parameter path: its line, continuous across the antimeridian; at least two points, no two alike in a row.
  mutating func append(corridorAlong path: [PlanarPoint], radius: Double) {
    let first = capsules.count
    var box = PlanarBox.empty
    var distance = 0.0
    for (a, b) in zip(path, path.dropFirst()) {
      let count = max(1, Int((abs(b.y - a.y) / Capsule.longestHeight).rounded(.up)))
      func point(_ index: Int) -> PlanarPoint {
        if index == count { return b }
        let fraction = Double(index) / Double(count)
        return PlanarPoint(x: a.x + (b.x - a.x) * fraction, y: a.y + (b.y - a.y) * fraction)
      }
      for index in 0..<count {
        let piece = Capsule(from: point(index), to: point(index + 1), radius: radius, distanceBefore: distance)
        distance += piece.length
        box.formUnion(piece.box)
        capsules.append(piece)
      }
    }
    records.append(
      Record(
        box: box, center: path[0], radius: radius, firstPart: UInt32(first),
        partCount: UInt32(capsules.count - first)))
  }

  /// Appends a circle.
  mutating func append(circleAround center: Coordinate, radius: Double) {
    let middle = PlanarPoint(x: wrappedLongitude(center.longitude), y: center.latitude)
    var record = Record(
      box: Circle.box(around: middle, radius: radius), center: middle, radius: radius,
      firstPart: 0, partCount: 0)
    if record.box.minX < -180 {
      record.box.minX += 360
      record.box.maxX += 360
      record.center.x += 360
    }
    records.append(record)
  }

  /// The edges of a fence ring by ring, each by the number of the vertex at which it begins.
  @inline(__always)
  func rings(of fence: Int) -> some Sequence<Range<Int>> {
    let record = records[fence]
    return (Int(record.firstPart)..<Int(record.firstPart + record.partCount)).lazy.map {
      Int(ringStarts[$0])..<Int(ringStarts[$0 + 1]) - 1
    }
  }

  /// The number of edges of a fence of polygons.
  func edgeCount(of fence: Int) -> Int {
    let record = records[fence]
    let first = ringStarts[Int(record.firstPart)]
    return Int(ringStarts[Int(record.firstPart + record.partCount)] - first - record.partCount)
  }

  /// The numbers of the pieces of a corridor.
  @inline(__always)
  func pieceNumbers(of fence: Int) -> Range<UInt32> {
    let record = records[fence]
    return record.firstPart..<(record.firstPart + record.partCount)
  }

  /// The pieces of a corridor in the order of its line.
  func pieces(of fence: Int) -> some BidirectionalCollection<Capsule> {
    pieceNumbers(of: fence).lazy.map { capsules[Int($0)] }
  }

  /// The two ends of an edge.
  @inline(__always)
  func edge(_ edge: UInt32) -> (a: PlanarPoint, b: PlanarPoint) { (vertices[Int(edge)], vertices[Int(edge) + 1]) }

  /// Goes through the pieces of a corridor that a leaf names.
  @inline(__always)
  func forEachPiece(of cut: GridLeaf.Cut, _ runs: UnsafePointer<UInt64>, _ body: (Capsule) -> Void) {
    if cut.runCount == GridLeaf.Cut.allEdges {
      for number in pieceNumbers(of: Int(cut.fence)) { body(capsules[Int(number)]) }
    } else {
      for run in 0..<cut.runCount {
        for number in EdgeRun(word: runs[run]).edges { body(capsules[Int(number)]) }
      }
    }
  }

  // MARK: Locations

  /// Where a position lies with respect to a circle.
  @inline(never)
  func location(x: Double, y: Double, inCircle fence: UInt32) -> Location {
    let record = records[Int(fence)]
    return Circle.location(x: x, y: y, center: record.center, radius: record.radius)
  }

  /// Where a point lies with respect to a fence of polygons, by all its edges and without rounding error.
  ///
  /// - Complexity: O(*n*) in the edges of the fence.
  @inline(never)
  func location(_ point: PlanarPoint, inPolygonsOf fence: UInt32) -> Location {
    let outside = PlanarPoint(x: records[Int(fence)].box.minX - 1, y: point.y)
    var isInside = false
    for edges in rings(of: Int(fence)) {
      for index in edges {
        let (a, b) = edge(UInt32(index))
        if Orientation.isOn(point, a, b) { return .boundary }
        if Orientation.crosses(point, outside, a, b) { isInside.toggle() }
      }
    }
    return isInside ? .interior : .exterior
  }
}
