import Foundation
import Testing

@testable import TriplineAlerts
@testable import TriplineService

@Suite struct ExecReceiverTests {
  private let environment = ["PATH": "/usr/bin:/bin"]

  @Test func `a command gets the event and what it is, and succeeds by its exit status`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let script = #"cat > "$1/in"; printf '%s %s' "$TRIPLINE_ALERT_ID" "$TRIPLINE_EVENT_TYPE" > "$1/about""#
      let receiver = ExecReceiver(["/bin/sh", "-c", script, "hook", folder], environment: environment)
      let event = ReceiverSamples.event(isFiring: false)
      let attempt = await receiver.attempt(ReceiverSamples.parcel([event]))
      #expect(attempt == Attempt(outcome: .answered(status: 200, retryAfter: nil), note: nil))
      let input = try Data(contentsOf: URL(fileURLWithPath: folder + "/in"))
      #expect(Array(input) == event.json + [UInt8(ascii: "\n")])
      let about = try String(contentsOfFile: folder + "/about", encoding: .utf8)
      #expect(about == "alrt_synthetic tripline.geofence.dwell.resolved")
    }
  }

  @Test(arguments: [
    (["/bin/sh", "-c", "echo one; printf 'no  such\\nroute\\033[m' >&2; exit 3"], "no such route [m"),
    (["/bin/sh", "-c", "exit 7"], "exit status 7"), (["/bin/sh", "-c", "kill -9 $$"], "ended by signal 9"),
    (["sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1"], String(repeating: "x", count: 200)),
    (["no-such-command-anywhere"], "the command cannot be found"),
  ])
  func `what it tells on its standard error is the note where it fails`(words: [String], note: String) async {
    let attempt = await ExecReceiver(words, environment: environment).attempt(ReceiverSamples.parcel())
    #expect(attempt == Attempt(outcome: .failed, note: note))
  }

  @Test func `a program that is not there has failed`() async {
    let attempt = await ExecReceiver(["/nonexistent/program"], environment: [:]).attempt(ReceiverSamples.parcel())
    #expect(attempt.outcome == .failed && attempt.note?.hasPrefix("the command cannot be ") == true)
  }

  @Test func `a command that reads nothing may succeed`() async {
    let event = Parcel.Event(
      id: "big", json: Array(repeating: UInt8(ascii: "x"), count: 1 << 20), alert: ReceiverSamples.alert(),
      isFiring: true)
    let receiver = ExecReceiver(["/bin/sh", "-c", "exec <&-; echo told >&2; exit 0"], environment: environment)
    #expect(await receiver.attempt(ReceiverSamples.parcel([event])).isSuccess)
  }

  @Test func `a command that takes too long is ended`() async {
    // It would go on until somebody ends it.
    let receiver = ExecReceiver(["/bin/sh", "-c", "cat; tail -f /dev/null"], environment: environment, timeout: 50)
    #expect(
      await receiver.attempt(ReceiverSamples.parcel())
        == Attempt(outcome: .failed, note: "timed out after 50 ms"))
  }

  @Test func `nothing of the environment gets there but what it is given`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let receiver = ExecReceiver(["/bin/sh", "-c", #"env > "$1/env""#, "hook", folder], environment: ["A": "b"])
      #expect(await receiver.attempt(ReceiverSamples.parcel()).isSuccess)
      let names = try String(contentsOfFile: folder + "/env", encoding: .utf8).split(separator: "\n")
        .map { $0.prefix { $0 != "=" } }
      // The shell adds some of its own.
      #expect(
        Set(names).subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == ["A", "TRIPLINE_ALERT_ID", "TRIPLINE_EVENT_TYPE"])
    }
  }
}
