import Testing
import TriplineTesting

@testable import TriplineAlerts

@Suite struct DeliveryMachineTests {
  private let day: Int64 = 86_400_000

  @Test func `what is answered well is delivered, and all else is tried ten times in four days`() {
    var machine = DeliveryMachine()
    #expect(machine.add(1, about: "a", due: 0, at: 0) == [.attempt(1)])
    var (now, tries) = (Int64(0), 1)
    while true {
      let actions = machine.concluded(1, .answered(status: 500, retryAfter: nil), at: now, chance: 0)
      guard case .postponed(1, let due)? = actions.first else {
        #expect(actions == [.dead(1)])
        break
      }
      #expect(machine.next == due && machine.due(at: due - 1).isEmpty)
      now = due
      #expect(machine.due(at: now) == [.attempt(1)])
      tries += 1
    }
    #expect(tries == 10 && now == DeliveryMachine.waits.reduce(0, +) && now > 3 * day)
    #expect(machine.count == 0)
    #expect(machine.add(2, about: "a", due: 0, at: now) == [.attempt(2)])
    #expect(machine.concluded(2, .answered(status: 204, retryAfter: nil), at: now, chance: 0) == [.delivered(2)])
  }

  @Test func `of one vehicle all go out in their order, others do not wait for them`() {
    var machine = DeliveryMachine()
    #expect(machine.add(1, about: "a", due: 0, at: 0) == [.attempt(1)])
    #expect(machine.add(2, about: "a", due: 0, at: 0).isEmpty)
    #expect(machine.add(3, about: "b", due: 0, at: 0) == [.attempt(3)])
    #expect(machine.concluded(1, .failed, at: 0, chance: 0) == [.postponed(1, until: 5000)])
    #expect(machine.concluded(3, .answered(status: 200, retryAfter: nil), at: 0, chance: 0) == [.delivered(3)])
    #expect(machine.due(at: 4999).isEmpty && machine.due(at: 5000) == [.attempt(1)])
    #expect(
      machine.concluded(1, .answered(status: 200, retryAfter: nil), at: 5100, chance: 0) == [
        .delivered(1), .attempt(2),
      ])
  }

  @Test func `a redirection is a failure, and Retry-After holds everything back`() {
    var machine = DeliveryMachine()
    _ = machine.add(1, about: "a", due: 0, at: 0)
    #expect(
      machine.concluded(1, .answered(status: 302, retryAfter: nil), at: 0, chance: 1) == [.postponed(1, until: 6000)])
    _ = machine.due(at: 6000)
    let later: Int64 = 6000 + 600_000
    #expect(
      machine.concluded(1, .answered(status: 429, retryAfter: 600_000), at: 6000, chance: 0)
        == [.postponed(1, until: later)])
    #expect(machine.add(2, about: "b", due: 0, at: 7000).isEmpty && machine.next == later)
    #expect(Set(machine.due(at: later)) == [.attempt(1), .attempt(2)])
  }

  @Test func `a receiver that is gone is sent nothing, and all for it is given up, until somebody wants it again`() {
    var machine = DeliveryMachine()
    for (number, subject) in [(1, "a"), (2, "b"), (3, "a")] as [(UInt64, String)] {
      _ = machine.add(number, about: subject, due: 0, at: 0)
    }
    let gone = DeliveryMachine.Outcome.answered(status: 410, retryAfter: nil)
    // The second one is under way.
    #expect(machine.concluded(1, gone, at: 0, chance: 0) == [.disabled, .dead(1), .dead(3)])
    #expect(machine.add(4, about: "b", due: 0, at: 0) == [.dead(4)])
    #expect(machine.concluded(2, gone, at: 0, chance: 0) == [.dead(2)], "it is told once that it is gone")
    #expect(machine.count == 0 && machine.next == nil && machine.isDisabled)
    #expect(machine.resume(at: 10).isEmpty && !machine.isDisabled)
    #expect(machine.add(1, about: "a", due: 10, at: 10) == [.attempt(1)])
  }

  @Test func `what is under way when a receiver says that it is gone may arrive, and is not tried again`() {
    var machine = DeliveryMachine()
    for number in 1...3 as ClosedRange<UInt64> { _ = machine.add(number, about: "\(number)", due: 0, at: 0) }
    _ = machine.concluded(1, .answered(status: 410, retryAfter: nil), at: 0, chance: 0)
    #expect(machine.concluded(2, .answered(status: 200, retryAfter: nil), at: 0, chance: 0) == [.delivered(2)])
    #expect(machine.concluded(3, .failed, at: 0, chance: 0) == [.dead(3)])
  }

  @Test(arguments: [true, false])
  func `what is behind a delivery that is not there any more goes on without it`(isUnderWay: Bool) {
    var machine = DeliveryMachine()
    _ = machine.add(1, about: "a", due: isUnderWay ? 0 : 100, at: 0)
    #expect(machine.add(2, about: "a", due: 0, at: 0).isEmpty)
    #expect(machine.forget(1, at: 0) == [.attempt(2)] && machine.count == 1)
    #expect(machine.forget(1, at: 0).isEmpty)
    #expect(machine.concluded(1, .failed, at: 0, chance: 0).isEmpty)
  }

  @Test func `one that is added late is tried in its place, and not beside another of its vehicle`() {
    var machine = DeliveryMachine()
    #expect(machine.add(5, about: "a", due: 0, at: 0) == [.attempt(5)])
    #expect(machine.add(1, about: "a", due: 0, at: 0).isEmpty && machine.next == nil)
    #expect(machine.add(3, about: "a", due: 0, at: 0).isEmpty)
    let good = DeliveryMachine.Outcome.answered(status: 200, retryAfter: nil)
    #expect(machine.concluded(5, good, at: 0, chance: 0) == [.delivered(5), .attempt(1)])
    #expect(machine.concluded(1, good, at: 0, chance: 0) == [.delivered(1), .attempt(3)])
  }

  @Test func `a receiver is after a restart as it was before`() {
    var gone = DeliveryMachine(isDisabled: true)
    #expect(gone.add(1, about: "a", due: 0, at: 0) == [.dead(1)] && gone.isDisabled)
    var paused = DeliveryMachine(pausedUntil: 500)
    #expect(paused.add(1, about: "a", due: 0, at: 0).isEmpty && paused.next == 500)
  }

  @Test func `what failed before a restart does not wait out its plan either once the receiver is back`() {
    var machine = DeliveryMachine()
    #expect(machine.add(1, about: "a", failures: 7, due: 14 * 3_600_000, at: 0).isEmpty)
    #expect(machine.add(3, about: "c", failures: 8, due: 20 * 3_600_000, at: 0).isEmpty)
    #expect(machine.add(2, about: "b", due: 0, at: 0) == [.attempt(2)])
    let good = DeliveryMachine.Outcome.answered(status: 200, retryAfter: nil)
    #expect(machine.concluded(2, good, at: 10, chance: 0) == [.delivered(2), .attempt(1)])
    #expect(machine.concluded(1, .failed, at: 20, chance: 0) == [.postponed(1, until: 72_000_020)])
    let next = machine.next
    #expect(next == 72_000_000, "the last waits are kept, however often there is a restart")
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `whatever the receiver does, everything arrives or is told as dead, each once and in its vehicle's order`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var machine = DeliveryMachine()
    var (now, added) = (Int64(0), UInt64(0))
    var (vehicles, underWay): ([UInt64: String], Set<UInt64>) = ([:], [])
    var (delivered, dead): ([UInt64], [UInt64]) = ([], [])
    func take(_ actions: [DeliveryMachine.Action]) {
      for action in actions {
        switch action {
        case .attempt(let number):
          #expect(underWay.insert(number).inserted, "seed \(seed)")
          let ofVehicle = underWay.filter { vehicles[$0] == vehicles[number] }
          #expect(ofVehicle.count == 1, "seed \(seed)")
        case .delivered(let number): delivered.append(number)
        case .dead(let number): dead.append(number)
        case .postponed(_, let until): #expect(until > now, "seed \(seed)")
        case .disabled: break
        }
      }
      #expect(underWay.count <= 8, "seed \(seed)")
    }
    while added < 60 || machine.count > 0 {
      if added < 60, Bool.random(using: &random) {
        added += 1
        vehicles[added] = ["a", "b", "c", "d"].randomElement(using: &random)
        take(machine.add(added, about: vehicles[added] ?? "", due: now, at: now))
      }
      if let number = underWay.sorted().randomElement(using: &random) {
        underWay.remove(number)
        let outcomes: [DeliveryMachine.Outcome] = [
          .failed, .answered(status: 500, retryAfter: nil), .answered(status: 200, retryAfter: nil),
          .answered(status: 503, retryAfter: 60_000), .answered(status: 301, retryAfter: nil),
        ]
        take(
          machine.concluded(
            number, outcomes.randomElement(using: &random) ?? .failed, at: now,
            chance: .random(in: 0...1, using: &random)))
      } else if let next = machine.next {
        now = max(now + 1, next)
        take(machine.due(at: now))
      }
    }
    #expect((delivered + dead).sorted() == Array(1...60), "seed \(seed)")
    for vehicle in ["a", "b", "c", "d"] {
      let ofVehicle = delivered.filter { vehicles[$0] == vehicle }
      #expect(ofVehicle == ofVehicle.sorted(), "seed \(seed)")
    }
  }
}
