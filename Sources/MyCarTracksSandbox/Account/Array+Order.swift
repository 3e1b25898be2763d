extension Array {
  /// How many elements a condition holds for, which holds for the first ones and none behind them.
  ///
  /// - Complexity: O(log `count`)
  func countOfFirst(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
