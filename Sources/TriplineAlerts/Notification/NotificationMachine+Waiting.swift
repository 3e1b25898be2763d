extension NotificationMachine {
  /// When a receiver is to be told of an alert that waits for the message of its group, in milliseconds UTC; `nil` where it does
  /// not wait for one.
  public func messageDue(ofAlert id: String, to receiver: String) -> Int64? {
    guard let number = numbers[id] else { return nil }
    return batches.values.first { $0.group.receiver == receiver && $0.waiting[number] != nil }?.due
  }
}
