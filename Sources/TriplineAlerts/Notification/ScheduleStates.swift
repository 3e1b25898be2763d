/// What schedules are at a moment, looked up once for each of them and not for each alert.
struct ScheduleStates: Sendable {
  private struct Key: Hashable {
    var name: String
    var zones: Schedule.Zones
  }

  private struct State {
    var isIn: Bool
    var times: Range<Int64>
    /// Whether it is otherwise at the end of the times, which else are the minute that was asked for.
    var isWhole: Bool
  }

  /// By their names, and where it is that time.
  private var states: [Key: State] = [:]

  /// Has looked nothing up yet.
  init() {}

  /// Why nobody is told at a moment, in milliseconds UTC, in the words of `AlertRule.muting(at:)`.
  mutating func muting(
    active: [Schedule], mute: [Schedule], at now: Int64, zones: Schedule.Zones = Schedule.Zones()
  ) -> String? {
    for schedule in mute where state(of: schedule, at: now, zones).isIn { return "muted by \(schedule.name)" }
    guard !active.isEmpty else { return nil }
    for schedule in active where state(of: schedule, at: now, zones).isIn { return nil }
    return "not in \(active.map(\.name).joined(separator: " or "))"
  }

  /// The first moment, in milliseconds UTC, at which one of them may be otherwise; at most a year later.
  mutating func nextChange(
    of schedules: [Schedule], after now: Int64, zones: Schedule.Zones = Schedule.Zones()
  ) -> Int64 {
    var next = now + 366 * 86_400_000
    for schedule in schedules {
      var state = state(of: schedule, at: now, zones)
      if !state.isWhole {
        let end = schedule.nextChange(after: now, zones: zones) ?? now + 366 * 86_400_000
        state = State(isIn: state.isIn, times: state.times.lowerBound..<end, isWhole: true)
        states[Key(name: schedule.name, zones: zones)] = state
      }
      next = min(next, state.times.upperBound)
    }
    return next
  }

  private mutating func state(of schedule: Schedule, at now: Int64, _ zones: Schedule.Zones) -> State {
    let key = Key(name: schedule.name, zones: zones)
    if let state = states[key], state.times.contains(now) { return state }
    // Schedules change with whole minutes.
    let minute = now - (now % 60_000 + 60_000) % 60_000
    let state = State(
      isIn: schedule.contains(now, zones: zones), times: minute..<minute + 60_000, isWhole: false)
    states[key] = state
    return state
  }
}
