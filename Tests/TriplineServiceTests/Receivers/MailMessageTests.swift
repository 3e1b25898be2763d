import Foundation
import Testing

@testable import TriplineAlerts
@testable import TriplineService

@Suite struct MailMessageTests {
  private func message(_ parcel: Parcel) -> String {
    let message = MailMessage(
      parcel, from: "tripline@example.com", to: ["a@example.com", "b@example.com"], at: ReceiverSamples.now)
    return String(decoding: message.bytes, as: UTF8.self)
  }

  private func lines(_ text: String) -> [String] { text.components(separatedBy: "\r\n") }

  @Test func `a message has the headers it needs and a body for people`() throws {
    let parcel = ReceiverSamples.parcel(
      [ReceiverSamples.event(), ReceiverSamples.event(ReceiverSamples.alert("b"), isFiring: false)],
      labels: ["alertname": "LongDwell", "fence": "depot"])
    let lines = lines(message(parcel))
    #expect(
      Array(lines[..<lines.count].prefix { !$0.isEmpty }) == [
        "From: tripline@example.com", "To: a@example.com,", " b@example.com",
        "Date: Mon, 23 Nov 2026 10:35:14 +0000", "Subject: [FIRING:1, RESOLVED:1] LongDwell depot",
        "Message-ID: <prcl_synthetic@example.com>", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
      ])
    #expect(
      Array(lines.drop { !$0.isEmpty }.dropFirst().prefix(6)) == [
        "=46IRING LongDwell: Van 42, Depot North", "  in Depot North for 35 min",
        "  summary: Van 42 has been in Depot North", "  since 2026-11-23 10:00:00 +00:00",
        "  labels: alertname=3DLongDwell, vehicle=3D4711", "  id: alrt_synthetic",
      ])
    #expect(lines.contains("  until 2026-11-23 10:35:14 +00:00"))
  }

  @Test func `nothing that stands in a name or a text can begin a header or a line of its own`() throws {
    let evil = "x\r\nBcc: all@example.com\n\r\n\u{2028}.\r\n\u{85}Subject: y\u{0}"
    var alert = ReceiverSamples.alert(labels: [evil: evil])
    (alert.vehicleName, alert.rule, alert.reason, alert.fenceName) = (evil, evil, evil, evil)
    alert.annotations = [evil: evil]
    var parcel = ReceiverSamples.parcel([ReceiverSamples.event(alert)], labels: ["alertname": evil, "b": evil])
    parcel.id = evil
    let text = message(parcel)
    #expect(!text.replacingOccurrences(of: "\r\n", with: "").contains { $0.isNewline })
    let headers = lines(text).prefix { !$0.isEmpty }
    #expect(!headers.contains { $0.hasPrefix("Bcc") } && headers.count { $0.hasPrefix("Subject:") } == 1)
    #expect(!lines(text).contains(".") && lines(text).allSatisfy { $0.utf8.count <= 998 })
  }

  @Test(arguments: [
    ("short and plain", "short and plain"), ("Škoda", "=?utf-8?B?xaBrb2Rh?="), ("=?x?=", "=?utf-8?B?PT94Pz0=?="),
  ])
  func `what is no short plain text becomes encoded words`(text: String, header: String) {
    #expect(EncodedWords.text(text) == header)
  }

  @Test(arguments: ["Ž", "a", "🚚", "zß水🚚"])
  func `encoded words are short, whole and say what was said`(piece: String) throws {
    let text = String(repeating: piece, count: 120)
    let words = EncodedWords.text(text).components(separatedBy: "\r\n ")
    var read = ""
    for word in words {
      #expect(word.utf8.count <= 75 && word.hasPrefix("=?utf-8?B?") && word.hasSuffix("?="))
      let bytes = try #require(Data(base64Encoded: String(word.dropFirst(10).dropLast(2))))
      read += try #require(String(validating: bytes, as: UTF8.self))
    }
    #expect(read == text && words.count > 1)
  }

  @Test(arguments: [
    ("", "\r\n"), ("a b", "a b\r\n"), ("a ", "a=20\r\n"), ("1=2", "1=3D2\r\n"), ("ž", "=C5=BE\r\n"), (".", "=2E\r\n"),
    ("From", "=46rom\r\n"), (String(repeating: "x", count: 75), String(repeating: "x", count: 75) + "\r\n"),
    (String(repeating: "x", count: 76), String(repeating: "x", count: 75) + "=\r\nx\r\n"),
  ])
  func `a line becomes quoted-printable`(line: String, written: String) {
    #expect(String(decoding: QuotedPrintable.bytes([line]), as: UTF8.self) == written)
  }

  @Test func `a mail goes to a program on its standard input`() async throws {
    try await ReceiverSamples.withFolder { folder in
      let program = folder + "/sendmail"
      try "#!/bin/sh\necho \"$@\" > '\(folder)/arguments'\ncat > '\(folder)/mail'\n".write(
        toFile: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      let receiver = MailReceiver(
        to: ["a@example.com"], from: "tripline@example.com", sendmail: program, environment: ["PATH": "/usr/bin:/bin"],
        time: SetTime())
      let attempt = await receiver.attempt(ReceiverSamples.parcel())
      #expect(attempt.isSuccess, "\(attempt)")
      let arguments = try String(contentsOfFile: folder + "/arguments", encoding: .utf8)
      #expect(arguments == "-t -i\n")
      let mail = try String(contentsOfFile: folder + "/mail", encoding: .utf8)
      #expect(mail.contains("Subject: [FIRING:1] LongDwell\r\n"))
    }
  }
}
