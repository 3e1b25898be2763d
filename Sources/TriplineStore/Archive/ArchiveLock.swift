import Glibc

/// Keeps a second sync away from an archive, until it goes away; the system lets go of it when the process ends, however that is.
public struct ArchiveLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock of an archive: an empty file beside it, whose name ends in `-sync`.
  ///
  /// - Throws: `busy` where another process has it, and `cannotOpen`.
  public init(path: String) throws(StoreError) {
    descriptor = open(path + "-sync", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StoreError(.cannotOpen, "\(path)-sync cannot be made: \(String(cString: strerror(errno))).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw StoreError(.busy, "another sync is at \(path). Wait until it is done, or stop it.")
    }
  }

  deinit { close(descriptor) }
}
