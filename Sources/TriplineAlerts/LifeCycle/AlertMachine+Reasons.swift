import TriplineCore
import TriplineFormats

extension AlertMachine {
  /// Why a rule of fences fired, for people.
  static func reason(_ event: RuleEvent, _ rule: AlertRule) -> String {
    var words: [String] = []
    switch rule.trigger {
    case .dwell(let duration): words.append("inside for \(TimeSpan.text(duration))")
    case .exit: words.append("has left")
    case .outside: words.append("has left the last of the fences")
    case .inside where event.kind == .start: words.append("is inside")
    default: words.append("has entered")
    }
    switch event.reason {
    case .moved: break
    case .fenceAdded: words.append("because the fence was added")
    case .fenceChanged: words.append("because the fence was changed")
    case .fenceRemoved: words.append("because the fence was removed")
    case .fenceExpired: words.append("because the fence has expired")
    case .ruleAdded: words.append("because the rule was added")
    }
    if event.decidedTime > event.time, event.kind != .dwell {
      words.append("believed after \(TimeSpan.text(event.decidedTime - event.time))")
    }
    if event.isBySilence { words.append("no fix has come since") }
    if event.fixesFor > 1 { words.append("\(event.fixesFor) fixes say so") }
    if let distance = event.distance {
      words.append("the last one \(Int(abs(distance).rounded())) m \(distance < 0 ? "inside" : "outside")")
    }
    if event.accuracy > 0 { words.append("\(Int(event.accuracy.rounded())) m of accuracy taken off") }
    return words.joined(separator: ", ")
  }

  /// Why a time of driving too fast is told, for people.
  static func reason(_ event: OverspeedEvent) -> String {
    "\(kilometersPerHour(event.peak)) where \(kilometersPerHour(event.limit)) are allowed, for \(TimeSpan.text(event.duration))"
  }

  /// A speed for people.
  static func kilometersPerHour(_ metersPerSecond: Float) -> String { "\(Int((metersPerSecond * 3.6).rounded())) km/h" }
}

extension AlertChange {
  /// The alert.
  public var alert: Alert {
    switch self {
    case .fired(let alert), .resolved(let alert): alert
    }
  }
}
