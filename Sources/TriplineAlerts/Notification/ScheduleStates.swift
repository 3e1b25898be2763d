/// What schedules are at a moment, looked up once for each of them and not for each alert.
struct ScheduleStates: Sendable {
  private struct State {
    var isIn: Bool
    var times: Range<Int64>
    /// Whether it is otherwise at the end of the times, which else are the minute that was asked for.
    var isWhole: Bool
  }

  /// By their names.
  private var states: [String: State] = [:]

  /// Has looked nothing up yet.
  init() {}

  /// Why nobody is told at a moment, in milliseconds UTC, in the words of `AlertRule.muting(at:)`.
  mutating func muting(active: [Schedule], mute: [Schedule], at now: Int64) -> String? {
    for schedule in mute where state(of: schedule, at: now).isIn { return "muted by \(schedule.name)" }
    guard !active.isEmpty else { return nil }
    for schedule in active where state(of: schedule, at: now).isIn { return nil }
    return "not in \(active.map(\.name).joined(separator: " or "))"
  }

  /// The first moment, in milliseconds UTC, at which one of them may be otherwise; at most a year later.
  mutating func nextChange(of schedules: [Schedule], after now: Int64) -> Int64 {
    var next = now + 366 * 86_400_000
    for schedule in schedules {
      var state = state(of: schedule, at: now)
      if !state.isWhole {
        let end = schedule.nextChange(after: now) ?? now + 366 * 86_400_000
        state = State(isIn: state.isIn, times: state.times.lowerBound..<end, isWhole: true)
        states[schedule.name] = state
      }
      next = min(next, state.times.upperBound)
    }
    return next
  }

  private mutating func state(of schedule: Schedule, at now: Int64) -> State {
    if let state = states[schedule.name], state.times.contains(now) { return state }
    // Schedules change with whole minutes.
    let minute = now - (now % 60_000 + 60_000) % 60_000
    let state = State(isIn: schedule.contains(now), times: minute..<minute + 60_000, isWhole: false)
    states[schedule.name] = state
    return state
  }
}
