import TriplineAlerts

/// Runs a command for every event, with the event on its standard input.
package struct ExecReceiver: Receiver {
  package let takesGroups = false
  private let command: OutsideCommand

  /// Creates a receiver.
  ///
  /// - Parameters:
  ///   - words: the whole path of a program or its name, and its arguments. There is no shell.
  ///   - environment: what it runs in; `TRIPLINE_ALERT_ID` and `TRIPLINE_EVENT_TYPE` are added.
  ///   - timeout: how long it may take in milliseconds.
  package init(_ words: [String], environment: [String: String], timeout: Int64 = 30_000) {
    command = OutsideCommand(words: words, environment: environment, timeout: timeout)
  }

  /// Runs the command for every event; where it exits with 0, that is delivered.
  package func attempt(_ parcel: Parcel) async -> Attempt {
    await parcel.each { event in
      var command = command
      command.environment["TRIPLINE_ALERT_ID"] = event.alert.id
      command.environment["TRIPLINE_EVENT_TYPE"] = event.type
      return await command.run(event.json + [UInt8(ascii: "\n")])
    }
  }
}
