import Glibc

/// CPU time of this thread: what others do on the machine counts as little as possible.
enum ThreadClock {
  /// Nanoseconds of CPU time so far.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
