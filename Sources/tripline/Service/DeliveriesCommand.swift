public import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats
public import TriplineStore

/// `tripline deliveries …`
struct DeliveriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "What was sent to whom, what waits, and what was given up.",
    subcommands: [ListCommand.self, ShowCommand.self, RetryCommand.self, EnableCommand.self])

  /// `tripline deliveries list`
  struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List deliveries; those that wait and those given up unless a state is named.",
      discussion: """
        Examples:
          tripline deliveries list --state dead
          tripline deliveries list --sink dispatch/webhook/3f9a1c2e -o ndjson
        """)

    @OptionGroup var store: AlertStoreOption

    @Option(help: "waiting, delivered or dead.")
    var state: Delivery.State?

    @Option(help: ArgumentHelp("Only those to this sink, like dispatch/webhook/3f9a1c2e.", valueName: "sink"))
    var sink: String?

    @OptionGroup var list: ListOptions

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        if let sink { try SinkNames(store).check(sink) }
        let states = state.map { [$0] } ?? [.waiting, .dead]
        let deliveries = try store.deliveries(states, to: sink, limit: list.limit)
        let text = DeliveryText(zone: try AlertStoreOption.zone(of: store))
        if list.output == .table { print(text.header, terminator: "") }
        for delivery in deliveries { print(try text.line(delivery, as: list.output), terminator: "") }
        if deliveries.count == list.limit { Messages.note("these are the last \(list.limit); --limit has more") }
      }
    }
  }

  /// `tripline deliveries show`
  struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show a delivery, what is in it, and each attempt.",
      discussion: """
        Examples:
          tripline deliveries show 12
        """)

    @OptionGroup var store: AlertStoreOption

    @Argument(help: "The number of the delivery.")
    var number: UInt64

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        guard let (delivery, events) = try store.contents(ofDelivery: number) else {
          throw DeliveriesCommand.missing(number)
        }
        let text = DeliveryText(zone: try AlertStoreOption.zone(of: store))
        print(text.header, terminator: "")
        print(try text.line(delivery, as: .table), terminator: "")
        for attempt in try store.attempts(at: number) { print(text.line(attempt), terminator: "") }
        for (event, _) in events { print(event.json) }
      }
    }
  }

  /// `tripline deliveries retry`
  struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "retry", abstract: "Have deliveries tried once more, by the service that runs or the next one.",
      discussion: """
        Examples:
          tripline deliveries retry 12 13
          tripline deliveries retry --dead --sink dispatch/webhook/3f9a1c2e --since 2h
        """)

    @OptionGroup var store: AlertStoreOption

    @Argument(help: "The numbers of deliveries.")
    var numbers: [UInt64] = []

    @Flag(help: "All that were given up.")
    var dead = false

    @Option(help: ArgumentHelp("Of those only the ones to this sink.", valueName: "sink"))
    var sink: String?

    @Option(
      help: ArgumentHelp("Of those only the ones that were decided within this time, like 2h.", valueName: "time"))
    var since: DurationText?

    func validate() throws {
      guard numbers.isEmpty == dead else { throw ValidationError("give numbers of deliveries, or --dead") }
      guard dead || (sink == nil && since == nil) else { throw ValidationError("--sink and --since go with --dead") }
    }

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        if let sink { try SinkNames(store).check(sink) }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        for number in numbers where try store.delivery(number) == nil { throw DeliveriesCommand.missing(number) }
        var (count, left) = (0, 0)
        if dead {
          (count, left) = try store.retryDead(to: sink, since: since.map { now - $0.milliseconds } ?? 0, at: now)
        } else {
          count = try store.retry(numbers, at: now)
        }
        Messages.note(CountText.text(count, "delivery is", "deliveries are") + " tried once more")
        guard left > 0 else { return }
        let others = CountText.text(left, "other goes", "others go")
        Messages.note("\(others) to sinks that are not in the configuration any more, or want nothing")
      }
    }
  }

  /// `tripline deliveries enable`
  struct EnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "enable", abstract: "Have a sink tried again that said it was gone (410), or asked to wait.",
      discussion: """
        Examples:
          tripline deliveries enable dispatch/webhook/3f9a1c2e
        """)

    @OptionGroup var store: AlertStoreOption

    @Argument(help: "The sink, as `deliveries list` names it.")
    var sink: String

    func run() async throws {
      try await ExitStatus.reporting {
        let store = try store.open()
        try SinkNames(store).check(sink)
        let state = try store.state(ofSink: sink)
        try store.enable(sink: sink, at: Int64(Date().timeIntervalSince1970 * 1000))
        let waiting = try store.backlog().first { $0.sink == sink }?.waiting ?? 0
        let isBack = state.isDisabled || state.pausedUntil != nil
        Messages.note(
          "\(sink) " + (isBack ? "is tried again" : "was not left alone; nothing changes")
            + "; \(CountText.text(waiting, "delivery waits", "deliveries wait")) for it")
      }
    }
  }

  private static func missing(_ number: UInt64) -> StoreError {
    StoreError(.missing, "there is no delivery \(number). `tripline deliveries list` has them.")
  }
}

extension Delivery.State: ExpressibleByArgument {}
