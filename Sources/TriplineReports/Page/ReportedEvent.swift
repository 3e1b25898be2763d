import TriplineCore
import TriplineFormats

/// An event as pages tell of it, whatever its kind.
protocol ReportedEvent: Sendable {
  var start: Int64 { get }
  var coordinate: Coordinate { get }
  var firstSequence: UInt32 { get }
  var lastSequence: UInt32 { get }
  /// What happened.
  var word: String { get }
  /// How serious it was, in a word and from 0 to 3.
  var degree: String { get }
  var seriousness: Int { get }
  /// What else there is to say of it.
  var details: String { get }
}

extension ReportedEvent {
  /// The rows of the track that show it.
  var rows: String { "\(firstSequence) to \(lastSequence)" }
}

extension HarshEvent: ReportedEvent {
  var word: String {
    switch kind {
    case .brake: "Braking"
    case .accelerate: "Accelerating"
    case .corner: "Corner"
    }
  }
  var degree: String { "\(level)" }
  var seriousness: Int { Int(level.rawValue) }

  var details: String {
    let over = "\(PageText.number(Double(duration) / 1000, 1)) s"
    let change =
      kind == .corner
      ? "\(PageText.number(Double(abs(self.change))))° to the \(self.change < 0 ? "left" : "right") in \(over)"
      : "\(PageText.number(Double(abs(self.change)) * 3.6)) km/h in \(over)"
    let accuracy = accuracy.map { ", accuracy \(PageText.number(Double($0))) m" } ?? ""
    let before = PageText.speed(Double(speedBefore))
    return "\(PageText.number(Double(peak), 1)) m/s² at the peak, \(change), from \(before)\(accuracy)"
  }
}

extension OverspeedEvent: ReportedEvent {
  var word: String { "Too fast" }
  var degree: String { "\(tier)" }
  var seriousness: Int { Int(tier.rawValue) }
  /// How far above the limit its peak was, as a share of the limit.
  var excess: Double { Double(peak / limit) - 1 }

  var details: String {
    "\(PageText.speed(Double(peak))) where \(PageText.speed(Double(limit))) are allowed, "
      + "\(PageText.percent(excess)) too fast, \(TimeSpan.text(duration)), \(PageText.kilometers(Double(distance)))"
  }
}
