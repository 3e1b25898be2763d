public import ArgumentParser
public import TriplineFormats

/// The options that name recorded tracks.
struct TrackFiles: ParsableArguments {
  @Argument(help: "CSV, NDJSON or GPX files, plain or gzip, or archives of `tripline sync`; - is standard input.")
  var tracks: [String]

  @Option(name: .customLong("format"), help: "csv, ndjson, gpx or archive, where neither name nor content tells.")
  var formatName: TrackFormat?

  @Flag(help: "Exit with status 65 if anything in the input is bad.")
  var strict = false

  var format: TrackFormat? { formatName }
  var files: [InputFile] { tracks.map { InputFile(path: $0) } }
}

extension TrackFormat: ExpressibleByArgument {}
