import Foundation
import Glibc
import Synchronization
import Testing

@testable import TriplineStore

struct StoreLockTests {
  @Test func `a lock keeps others away until it goes`() throws {
    try withFile { path in
      let lock = try StoreLock(path: path)
      let error = #expect(throws: StoreError.self) { _ = try StoreLock(path: path) }
      #expect(error?.code == .busy)
      _ = consume lock
      _ = try StoreLock(path: path)
    }
  }

  @Test func `a lock that is refused closes nothing of another thread`() throws {
    try withFile { path in
      let lock = try StoreLock(path: path)
      let isOver = Atomic(false)
      let lost = Atomic(0)
      let finished = DispatchSemaphore(value: 0)
      Thread {
        while !isOver.load(ordering: .relaxed) {
          let descriptor = dup(STDOUT_FILENO)
          if descriptor >= 0, close(descriptor) != 0 { lost.add(1, ordering: .relaxed) }
        }
        finished.signal()
      }.start()
      for _ in 0..<20_000 {
        #expect(throws: StoreError.self) { _ = try StoreLock(path: path) }
      }
      isOver.store(true, ordering: .relaxed)
      finished.wait()
      #expect(lost.load(ordering: .relaxed) == 0)
      _ = consume lock
    }
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "fleet.db").path)
  }
}
