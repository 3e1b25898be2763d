import Testing

@testable import MyCarTracks

@Suite struct LiveGapsTests {
  private let van = ResourceID("101")
  private let car = ResourceID("102")
  private let noon: Int64 = 1_780_000_000_000
  private let minute: Int64 = 60_000

  private func gaps(complete: [ResourceID: Int64] = [:]) -> LiveGaps {
    var gaps = LiveGaps(completeUpTo: complete, at: noon)
    for (vehicle, time) in complete { gaps.note(time, of: vehicle) }
    gaps.started()
    return gaps
  }

  /// The history of all vehicles of a task has been fetched, one after the other.
  private func conclude(
    _ task: LiveGaps.Task, reached: [ResourceID: Int64], failed: Set<ResourceID> = [], at now: Duration = .zero,
    _ gaps: inout LiveGaps
  ) {
    for vehicle in task.vehicles.keys {
      gaps.conclude(vehicle, of: task, reached: reached[vehicle], hasFailed: failed.contains(vehicle), at: now)
    }
  }

  /// A feed without gaps, whose vehicles have come up to now.
  private func running() throws -> LiveGaps {
    var gaps = gaps(complete: [van: noon, car: noon])
    let begun = gaps.begin([van: noon, car: noon], at: .zero)
    let task = try #require(begun)
    conclude(task, reached: [van: noon, car: noon], &gaps)
    #expect(gaps.isEmpty)
    return gaps
  }

  @Test func `those that have moved on are fetched from where they were, what came out of order before included`()
    throws
  {
    var gaps = try running()
    gaps.lose(at: noon + 30 * minute)
    let begun = gaps.begin([van: noon + 31 * minute, car: noon], at: .zero)
    let task = try #require(begun)
    #expect(task == LiveGaps.Task(vehicles: [van: noon + 31 * minute], since: noon - LiveGaps.margin))
    #expect(gaps.beginning(of: van) == noon && gaps.beginning(of: car) == nil)
    conclude(task, reached: [van: noon + 31 * minute], &gaps)
    #expect(gaps.isEmpty)
  }

  @Test func `of a vehicle on its way whose last position does not count, the gap is fetched once`() throws {
    var gaps = try running()
    gaps.lose(at: noon + 5 * minute)
    let begun = gaps.begin([car: noon], at: .zero)
    let task = try #require(begun)
    #expect(task.vehicles.keys.sorted { $0.text < $1.text } == [van, car])
    #expect(gaps.beginning(of: van) == noon)
    conclude(task, reached: [car: noon], &gaps)
    #expect(gaps.isEmpty)
  }

  @Test func `a vehicle that is first seen in a gap is fetched from where the gap began`() throws {
    var gaps = try running()
    let bus = ResourceID("103")
    gaps.lose(at: noon + 10 * minute)
    gaps.note(noon + 20 * minute, of: bus)
    let begun = gaps.begin([bus: noon + 20 * minute], at: .zero)
    let task = try #require(begun)
    #expect(task.vehicles == [bus: noon + 20 * minute])
    // What came out of order before the gap, but not before the feed.
    #expect(gaps.beginning(of: bus) == noon)
  }

  @Test func `what the stream brings before the last positions of the start leaves the time since the start open`()
    throws
  {
    var gaps = LiveGaps(completeUpTo: [:], at: noon)
    #expect(!gaps.hasStarted)
    gaps.note(noon + 5 * minute, of: van, isFromStream: true)
    gaps.note(noon - 2 * minute, of: car)
    gaps.started()
    let begun = gaps.begin([van: noon + 5 * minute, car: noon - 2 * minute], at: .zero)
    #expect(begun?.vehicles[van] == noon + 5 * minute)
    #expect(gaps.beginning(of: van) == noon && gaps.beginning(of: car) == noon - 2 * minute)
  }

  @Test func `a vehicle that is first seen on a stream that lasts has missed nothing`() throws {
    var gaps = try running()
    gaps.note(noon + 20 * minute, of: ResourceID("103"))
    #expect(gaps.isEmpty)
  }

  @Test func `what is lost while history is fetched is fetched the next time`() throws {
    var gaps = try running()
    gaps.lose(at: noon + minute)
    let begun = gaps.begin([van: noon + 2 * minute], at: .zero)
    let task = try #require(begun)
    gaps.note(noon + 2 * minute, of: van)
    gaps.lose(at: noon + 3 * minute)
    conclude(task, reached: [van: noon + 2 * minute], &gaps)
    let again = gaps.begin([van: noon + 4 * minute], at: .zero)
    #expect(again?.vehicles[van] == noon + 4 * minute)
  }

  @Test func `what could not be fetched stays missing`() throws {
    var gaps = try running()
    gaps.lose(at: noon + minute)
    let last = [van: noon + 2 * minute, car: noon + 2 * minute]
    _ = gaps.begin(last, at: .zero)
    gaps.abandon()
    let begun = gaps.begin(last, at: .zero)
    let task = try #require(begun)
    #expect(task.vehicles == last)
    conclude(task, reached: last, failed: [car], &gaps)
    let again = gaps.begin(last, at: .seconds(200))
    #expect(again?.vehicles == [car: noon + 2 * minute])
  }

  @Test func `of a vehicle whose history is there nothing is missing, whatever is of others`() throws {
    var gaps = try running()
    gaps.lose(at: noon + minute)
    let last = [van: noon + 2 * minute, car: noon + 2 * minute]
    let begun = gaps.begin(last, at: .zero)
    let task = try #require(begun)
    gaps.conclude(van, of: task, reached: noon + 2 * minute, hasFailed: false, at: .zero)
    #expect(!gaps.isMissing(van) && gaps.isMissing(car))
    #expect(gaps.beginning(of: van) == nil && gaps.beginning(of: car) == noon)
    // What cannot be fetched after all is the other one alone.
    gaps.abandon()
    #expect(!gaps.isMissing(van) && gaps.isMissing(car))
    let again = gaps.begin(last, at: .zero)
    #expect(again?.vehicles == [car: noon + 2 * minute])
  }

  @Test func `a last position that history never has is waited for longer and longer, and given up`() throws {
    var gaps = try running()
    gaps.lose(at: noon + minute)
    var (now, rounds) = (Duration.zero, [Duration]())
    while !gaps.isEmpty, rounds.count < 100 {
      if gaps.isDue(at: now), let task = gaps.begin([van: noon + 2 * minute], at: now) {
        rounds.append(now)
        conclude(task, reached: [van: noon], at: now, &gaps)
      }
      now += .seconds(60)
    }
    // The first of them has brought what was known.
    #expect(rounds == [0, 1, 3, 7, 15, 31, 63].map { Duration.seconds($0 * 60) })
  }

  @Test func `nothing that may be fetched once more may be forgotten`() throws {
    var gaps = try running()
    gaps.lose(at: noon)
    gaps.note(noon + 600 * minute, of: van)
    #expect(gaps.floor(of: van) == noon - LiveGaps.margin)
    #expect(gaps.floor(of: ResourceID("9")) == .min)
  }

  @Test func `a vehicle that appears while no feed runs is made up for from where the earlier one ended`() {
    var gaps = LiveGaps(completeUpTo: [ResourceID("1"): 500_000, ResourceID("2"): 900_000], at: 2_000_000)
    gaps.note(1_500_000, of: ResourceID("3"))
    gaps.note(800_000, of: ResourceID("4"))
    gaps.note(1_990_000, of: ResourceID("5"), isFromStream: true)
    gaps.started()
    _ = gaps.begin([ResourceID("3"): 1_500_000, ResourceID("4"): 800_000, ResourceID("5"): 1_990_000], at: .zero)
    #expect(gaps.beginning(of: ResourceID("3")) == 900_000 && gaps.beginning(of: ResourceID("5")) == 900_000)
    #expect(gaps.beginning(of: ResourceID("4")) == nil)
    // Where there was no feed before, what lies before its start is no matter.
    var first = LiveGaps(completeUpTo: [:], at: 2_000_000)
    first.note(1_500_000, of: ResourceID("3"))
    first.started()
    #expect(first.begin([ResourceID("3"): 1_500_000], at: Duration.zero) != nil)
    #expect(first.beginning(of: ResourceID("3")) == 1_500_000)
  }
}
