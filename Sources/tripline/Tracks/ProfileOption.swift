public import ArgumentParser
public import TriplineCore

/// The option that chooses the definitions of stops and trips.
struct ProfileOption: ParsableArguments {
  @Option(
    help:
      "fleet; phone, that falls silent at rest; delivery, with stops from 100 s; traccar or movingpandas, to compare with these."
  )
  var profile = Engine.Profile.fleet

  var configuration: Engine.Configuration { Engine.Configuration(profile) }
}

extension Engine.Profile: ExpressibleByArgument {}
