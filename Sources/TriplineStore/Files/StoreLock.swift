import Glibc

/// Keeps a second process that writes away from a file of ours, until it goes away; the system lets go of it when the process ends,
/// however that is.
public struct StoreLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock of a file: an empty file beside it, whose name ends in `-lock`.
  ///
  /// - Throws: `busy` where another process has it, and `cannotOpen`.
  public init(path: String) throws(StoreError) {
    let opened = open(path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else {
      throw StoreError(.cannotOpen, "\(path)-lock cannot be made: \(String(cString: strerror(errno))).")
    }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      close(opened)
      throw StoreError(.busy, "another process is at \(path). Wait until it is done, or stop it.")
    }
    // Last of all: a value that is complete is destroyed where its initialiser throws, and `deinit` would close it once more.
    descriptor = opened
  }

  deinit { close(descriptor) }
}
