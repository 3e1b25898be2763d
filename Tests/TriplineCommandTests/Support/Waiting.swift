import Foundation

/// Waits until something is so, at most for so many seconds.
func wait(upTo seconds: Double, until isSo: () throws -> Bool) rethrows -> Bool {
  let end = Date() + seconds
  while Date() < end {
    if try isSo() { return true }
    usleep(50_000)
  }
  return try isSo()
}
