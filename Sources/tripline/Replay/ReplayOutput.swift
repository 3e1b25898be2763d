import TriplineCore
import TriplineFormats

/// Where the events of a replay go, in the form that was asked for.
enum ReplayOutput: ~Copyable {
  case events(EventWriter)
  case sampled(SampledEventWriter)
  case table(ReplayTable)

  init(
    _ format: ReplayCommand.Format, _ configuration: Engine.Configuration, tellsRevisions: Bool
  ) throws(FormatError) {
    func writer(_ format: EventFormat) -> EventWriter {
      EventWriter(format, to: .standardOutput(), tellsRevisions: tellsRevisions)
    }
    switch (format, configuration.policy) {
    case (.csv, .sampled): self = .sampled(SampledEventWriter(to: .standardOutput()))
    case (.csv, _): self = .events(writer(.csv))
    case (.ndjson, _): self = .events(writer(.ndjson))
    case (.geojson, _): self = .events(writer(.geojson))
    case (.table, _): self = .table(try ReplayTable(configuration))
    }
  }

  /// Writes events, or what late fixes have changed about them; the sampled policy knows no revisions.
  mutating func write(
    _ events: [Event] = [], revisions: [Revision] = [], names: EventNames
  ) throws(FormatError) {
    switch consume self {
    case .events(var writer):
      let outcome = Result { () throws(FormatError) in
        for event in events { try writer.write(event, names: names) }
        for revision in revisions { try writer.write(revision, names: names) }
      }
      self = .events(writer)
      try outcome.get()
    case .sampled(var writer):
      writer.append(events)
      self = .sampled(writer)
    case .table(var table):
      let outcome = Result { () throws(FormatError) in
        try table.write(events, names: names)
        for revision in revisions { try table.write(revision, names: names) }
      }
      self = .table(table)
      try outcome.get()
    }
  }

  consuming func finish(_ summary: Replay.Summary, names: EventNames) throws(FormatError) {
    switch consume self {
    case .events(let writer): try writer.finish()
    case .sampled(let writer): try writer.finish(names: names)
    case .table(let table): try table.finish(summary)
    }
  }
}
