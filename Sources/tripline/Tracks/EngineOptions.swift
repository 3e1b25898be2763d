public import ArgumentParser
public import TriplineCore

/// The options that choose the definitions of stops and trips, and how far rows may be out of order.
struct EngineOptions: ParsableArguments {
  @Option(
    help:
      "fleet; phone, that falls silent at rest; delivery, with stops from 100 s; traccar or movingpandas, to compare with these."
  )
  var profile = Engine.Profile.fleet

  @Option(
    help:
      "How many seconds a row may be behind the newest of its track and still be sorted in, 30 unless given; later ones count as LATE, or revise, where replay is told to."
  )
  var reorderWindow: Int?

  func validate() throws {
    guard (0...31_536_000).contains(reorderWindow ?? 0) else {
      throw ValidationError("--reorder-window takes seconds from 0 to a year")
    }
  }

  var configuration: Engine.Configuration {
    var configuration = Engine.Configuration(profile)
    if let reorderWindow { configuration.gate.reorderWindow = Int64(reorderWindow) * 1000 }
    return configuration
  }
}

extension Engine.Profile: ExpressibleByArgument {}
