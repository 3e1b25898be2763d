public import ArgumentParser
import Foundation
public import MyCarTracksSandbox
import TriplineFormats

/// `tripline sandbox`
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Serve recorded tracks on this machine as the MyCarTracks API v3 would, without an account.",
    discussion: """
      Paths, paging, rate limits, errors and the flow of the live stream are those
      of the vendor's documentation; names of fields and units that it leaves open
      are ASSUMED, and can be switched by --preset and --dialect. --fault makes
      things go wrong.

      Each vehicle's last fix is moved to the end of what is replayed; with
      --recorded-times all stays when it was, and nothing is replayed. What is
      printed on standard output are the variables that `tripline` and the
      vendor's own command read.

      Examples:
        tripline sandbox drives.csv.gz --fences depots.geojson
        tripline sandbox drives.csv.gz --replay 2h --speed 60 --upload-interval 30s
        tripline sandbox drives.csv.gz --preset C --fault server-errors --fault socket-drop
        tripline sandbox --synthetic 500 --replay 10m --traffic edge-jitter
      """)

  @Argument(help: "CSV, NDJSON or GPX files, plain or gzip, archives, or folders of them; none with --synthetic.")
  var tracks: [String] = []

  @Option(help: ArgumentHelp("Vehicles of a synthetic account, such as 5, 50 or 500.", valueName: "vehicles"))
  var synthetic: Int?

  @Option(help: ArgumentHelp("How often a synthetic vehicle records, like 1s or 30s.", valueName: "time"))
  var interval = DurationText(milliseconds: 1000)

  @Option(help: ArgumentHelp("Fences that the account has; may be repeated.", valueName: "file"))
  var fences: [String] = []

  @OptionGroup var fenceFiles: FenceFiles

  @Option(
    help: ArgumentHelp("What real accounts have and programs stumble over; may be repeated.", valueName: "traffic"))
  var traffic: [Traffic] = []

  @Option(help: "The port; 0 is any that is free.")
  var port = 8077

  @Option(help: "How it speaks where the documentation is silent: A canonical, B like version 2, C hostile.")
  var preset = Preset.canonical

  @Option(help: ArgumentHelp("One switch of it, such as distance=m; may be repeated.", valueName: "name=value"))
  var dialect: [String] = []

  @Option(help: ArgumentHelp("What goes wrong; may be repeated.", valueName: "fault"))
  var fault: [Fault] = []

  @Option(help: "Draws what goes wrong.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("How much of the end of the tracks happens live, like 2h.", valueName: "time"))
  var replay: DurationText?

  @Option(help: "How much faster than the clock it happens, from 1 to 1000.")
  var speed = 1.0

  @Option(help: ArgumentHelp("How often vehicles upload, like 30s; without it at once.", valueName: "time"))
  var uploadInterval: DurationText?

  @Option(help: ArgumentHelp("Every so many vehicles one uploads only every two hours.", valueName: "vehicles"))
  var lateVehicles = 0

  @Flag(help: "Leave the times of the tracks as they are.")
  var recordedTimes = false

  @Option(help: "Requests that an account has in 15 minutes.")
  var rateLimit = 150

  @Option(help: ArgumentHelp("How long a token is good.", valueName: "time"))
  var tokenLifetime = DurationText(milliseconds: 3_600_000)

  @Flag(help: "The credentials may write too, though nothing here needs it.")
  var writeScope = false

  @Flag(help: "The URL of a live stream may be used more than once.")
  var reusableStreams = false

  @Option(help: ArgumentHelp("How long a live stream lasts.", valueName: "time"))
  var streamLifetime = DurationText(milliseconds: 3_600_000)

  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case canonical = "A"
    case version2 = "B"
    case hostile = "C"

    var dialect: Dialect {
      switch self {
      case .canonical: .a
      case .version2: .b
      case .hostile: .c
      }
    }
  }

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535") }
    guard (1...1000).contains(speed) else { throw ValidationError("--speed takes a number from 1 to 1000") }
    guard rateLimit > 0 else { throw ValidationError("--rate-limit takes a number above 0") }
    guard lateVehicles >= 0 else { throw ValidationError("--late-vehicles takes a number that is not negative") }
    if recordedTimes && replay != nil {
      throw ValidationError("what was recorded long ago cannot happen now; choose --recorded-times or --replay")
    }
    var trial = Dialect.a
    for text in dialect {
      if let problem = trial.set(text) { throw ValidationError("--dialect: \(problem)") }
    }
    guard tracks.isEmpty == (synthetic != nil) else {
      throw ValidationError("give tracks, or --synthetic with a number of vehicles")
    }
    if let synthetic, !(1...5000).contains(synthetic) {
      throw ValidationError("--synthetic takes a number from 1 to 5000")
    }
    guard interval.milliseconds > 0 else { throw ValidationError("--interval takes a length of time, like 1s") }
    if recordedTimes && synthetic != nil { throw ValidationError("synthetic tracks have no recorded times") }
    try FenceFiles.refuseTwoInputs(tracks)
  }

  func run() async throws {
    let clock = SandboxClock()
    var options = SandboxOptions()
    options.dialect = preset.dialect
    for text in dialect { _ = options.dialect.set(text) }
    options.faults = Set(fault)
    options.seed = seed
    options.requestsPerWindow = rateLimit
    options.tokenLifetime = tokenLifetime.milliseconds
    options.streamLifetime = streamLifetime.milliseconds
    options.isStreamURLSingleUse = !reusableStreams
    if writeScope { options.scopes.insert("write") }
    var times = SandboxAccount.Times.recorded
    let now = clock.date
    if !recordedTimes {
      let length = replay?.milliseconds ?? 0
      // At the end of what is replayed its time is that of the clock, so that nothing lies in the future.
      let end = now + Int64(Double(length) / speed)
      times = .ending(end)
      options.replay = SandboxOptions.Replay(start: end - length, began: now, speed: speed)
    }
    let upload = SandboxAccount.Upload(interval: uploadInterval?.milliseconds ?? 0, lateVehicles: lateVehicles)
    let account = try account(times, upload).with(try fenceFiles.read(fences, isStrict: false))
      .with(Set(traffic), seed: seed)
    let sandbox = Sandbox(account: account, options: options)
    Messages.note(
      "\(account.vehicles.count) vehicles with \(account.tracks.count) tracks; no server of MyCarTracks, its schema is partly ASSUMED"
    )
    let (id, secret) = (options.clientID, options.clientSecret)
    let server = SandboxServer(sandbox, port: port, clock: clock) { port in
      let lines = [
        "export MYCARTRACKS_BASE_URL=http://127.0.0.1:\(port)\(Sandbox.basePath)",
        "export MYCARTRACKS_CLIENT_ID=\(id)", "export MYCARTRACKS_CLIENT_SECRET=\(secret)",
      ]
      FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
    do {
      try await server.run()
    } catch {
      Messages.error("port \(port) cannot be served: \(error). Choose another one with --port.")
      throw ExitStatus.unavailable
    }
  }

  private func account(_ times: SandboxAccount.Times, _ upload: SandboxAccount.Upload) throws -> SandboxAccount {
    if let synthetic {
      guard case .ending(let end) = times else { preconditionFailure("synthetic tracks end now") }
      // An hour, or as much as is replayed and half as much again.
      let length = max(3_600_000, (replay?.milliseconds ?? 0) * 3 / 2)
      return SandboxAccount.synthetic(
        vehicles: synthetic, tracks: 1, points: Int(length / interval.milliseconds), interval: interval.milliseconds,
        end: end
      ).uploading(upload)
    }
    let recorded = SandboxAccount.recorded(
      FolderFiles.files(tracks).map { InputFile(path: $0) }, times: times, upload: upload)
    try ExitStatus.check(recorded.report, failures: recorded.failures, isStrict: false)
    guard !recorded.account.tracks.isEmpty else {
      Messages.error("there is nothing to serve")
      throw ExitStatus.badData
    }
    return recorded.account
  }
}

extension Fault: ExpressibleByArgument {}
extension Traffic: ExpressibleByArgument {}
