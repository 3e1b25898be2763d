import Foundation
import Glibc
import Synchronization
import Testing

@testable import TriplineStore

struct StoreLockTests {
  @Test func `a lock keeps others away until it goes`() async throws {
    try await withFile { path in
      try take(path)
      // A process that is being started at this moment has the descriptors of this one until it is another program.
      var isFree = false
      for _ in 0..<100_000 where !isFree {
        isFree = isNotHeld(path)
        await Task.yield()
      }
      #expect(isFree)
    }
  }

  private func isNotHeld(_ path: String) -> Bool {
    do {
      _ = try StoreLock(path: path)
      return true
    } catch {
      return false
    }
  }

  private func take(_ path: String) throws {
    let lock = try StoreLock(path: path)
    let error = #expect(throws: StoreError.self) { _ = try StoreLock(path: path) }
    #expect(error?.code == .busy)
    _ = consume lock
  }

  @Test func `a lock that is refused closes nothing of another thread`() async throws {
    try await withFile { path in
      let lock = try StoreLock(path: path)
      let isOver = Atomic(false)
      let closed = Atomic(0)
      let lost = Atomic(0)
      let (begun, finished) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      Thread {
        while !isOver.load(ordering: .relaxed) {
          let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
          if descriptor < 0 { continue }
          if close(descriptor) == 0 {
            closed.add(1, ordering: .relaxed)
          } else {
            lost.add(1, ordering: .relaxed)
          }
          begun.signal()
        }
        finished.signal()
      }.start()
      begun.wait()
      for _ in 0..<20_000 {
        #expect(throws: StoreError.self) { _ = try StoreLock(path: path) }
      }
      isOver.store(true, ordering: .relaxed)
      finished.wait()
      #expect(lost.load(ordering: .relaxed) == 0 && closed.load(ordering: .relaxed) > 1)
      _ = consume lock
    }
  }

  private func withFile(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.appending(path: "fleet.db").path)
  }
}
