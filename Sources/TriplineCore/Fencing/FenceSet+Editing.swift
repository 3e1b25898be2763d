/// Sets with one fence more or less, beside sets that go on being read.
///
/// All other fences keep their indices, and the shapes and the index of them are shared: what an edit takes does not
/// depend on how many fences there are. Edits of sets that come of one another are done one at a time; readers of any of
/// them never wait.
extension FenceSet {
  /// The set with one fence more, which has the next index.
  ///
  /// - Throws: `FenceError` where the fence cannot be used or its id is there already; the set is as it was.
  /// - Complexity: O(cells and edges of the fence) plus O(edits since the first of the sets was built), whose indices,
  ///   ids and shapes are kept: who edits for ever builds a new set now and then. About as much as building the set where
  ///   the fence lies outside of all others, where a set that came of this one has been edited, where shapes or index
  ///   have grown by a quarter since it was built, or, with floors and ceilings, for their list.
  public func adding(_ fence: Fence) throws(FenceError) -> FenceSet {
    try names.editing { () throws(FenceError) in
      if index(of: fence.id) != nil { throw FenceSet.repeated(fence.id) }
      let band = try FenceSet.band(of: fence)
      var geometry = grid.geometry
      let isShared = geometry.isNewest && geometry.hasRoom(for: [fence])
      if !isShared { geometry = geometry.copied(withRoomFor: [fence]) }
      try FenceSet.append(fence, to: &geometry)
      var names = names
      names.add(fence)
      var altitudes = altitudes
      if band.isBounded && altitudes.isEmpty {
        altitudes = Array(repeating: AltitudeBand(), count: count)
      }
      if band.isBounded || !altitudes.isEmpty { altitudes.append(band) }
      let box = geometry.records[count].box
      var edited: FenceGrid?
      if grid.rootCount > 0 && grid.bounds.contains(box) && isShared {
        var builder = FenceGridBuilder(editing: grid, geometry: geometry)
        edited = builder.insertLast(into: grid)
      }
      return FenceSet(
        grid: edited ?? FenceGridBuilder.build(geometry) { names.removed.contains($0) }, names: names,
        altitudes: altitudes)
    }
  }

  /// The set without the fences whose time is over at an instant in milliseconds UTC. The engine leaves them by itself;
  /// who runs for long and adds fences for a time takes them out so that they take no room.
  ///
  /// - Complexity: O(*n*) in the number of fences, and `removing` for each that is over.
  public func removingExpired(at time: Int64) -> FenceSet {
    let expired = names.expired(at: time)
    if expired.isEmpty { return self }
    return names.editing {
      let left = removing(expired)
      var names = left.names
      names.findFirstEnd()
      return FenceSet(grid: left.grid, names: names, altitudes: left.altitudes)
    }
  }

  /// The set without a fence, whose index is not given to another one; the same set where it has none of that id.
  ///
  /// - Complexity: as `adding`.
  public func removing(_ id: String) -> FenceSet {
    names.editing { index(of: id).map { removing([$0]) } ?? self }
  }

  private func removing(_ fences: [UInt32]) -> FenceSet {
    var (names, grid) = (names, grid)
    for fence in fences {
      names.remove(fence)
      var builder = FenceGridBuilder(editing: grid, geometry: grid.geometry)
      guard let edited = builder.remove(fence, from: grid) else {
        // No room is left: all of them at once, then.
        fences.forEach { names.remove($0) }
        let removed = names.removed
        grid = FenceGridBuilder.build(grid.geometry) { removed.contains($0) }
        break
      }
      grid = edited
    }
    return FenceSet(grid: grid, names: names, altitudes: altitudes)
  }
}
