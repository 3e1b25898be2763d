/// A value that is reached through one pointer: what is read for every fix and would be copied each time, large as it is.
final class Shared<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
