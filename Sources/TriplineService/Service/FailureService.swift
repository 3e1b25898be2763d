import ServiceLifecycle

/// Ends the service with the first failure that some part of it cannot go on after.
struct FailureService: Service {
  let failures: AsyncStream<any Error>

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      for await failure in failures { throw failure }
    }
  }
}
