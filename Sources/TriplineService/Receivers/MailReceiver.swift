package import Foundation
package import MyCarTracks

/// Hands mails to a program that takes the arguments of `sendmail`.
package struct MailReceiver: Receiver {
  package let takesGroups = true
  private let to: [String]
  private let from: String
  private let command: OutsideCommand
  private let time: any TimeSource
  private let zone: TimeZone

  /// Creates a receiver.
  ///
  /// - Parameters:
  ///   - to: who gets the mails; addresses that `ReceiverSettings` has looked at.
  ///   - from: who they are from.
  ///   - sendmail: the whole path of the program.
  ///   - environment: the environment that it runs in.
  ///   - timeout: how long it may take in milliseconds.
  ///   - time: the time, for the headers.
  ///   - zone: the zone of times in the text.
  package init(
    to: [String], from: String, sendmail: String = "/usr/sbin/sendmail", environment: [String: String],
    timeout: Int64 = 30_000, time: any TimeSource = SystemTime(), zone: TimeZone = .gmt
  ) {
    self.to = to
    self.from = from
    // Who gets it stands in the message; a full stop alone on a line does not end it.
    command = OutsideCommand(words: [sendmail, "-t", "-i"], environment: environment, timeout: timeout)
    self.time = time
    self.zone = zone
  }

  /// Sends one mail about all of it; delivered means that the program has taken it.
  package func attempt(_ parcel: Parcel) async -> Attempt {
    await command.run(MailMessage(parcel, from: from, to: to, at: time.date, zone: zone).bytes)
  }
}
