/// Something that is measured, by name.
struct BenchmarkCase {
  let name: String
  /// What is measured, in a few words.
  let summary: String
  let run: (Fixtures) throws -> [Row]

  /// All cases. Memory of vehicles comes first: resident memory only grows where nothing has been freed before.
  static var all: [BenchmarkCase] {
    [
      BenchmarkCase(name: "vehicles", summary: "memory a vehicle takes", run: VehicleCase.run),
      BenchmarkCase(name: "decode", summary: "gzipped CSV to fixes", run: DecodeCase.run),
      BenchmarkCase(name: "distance", summary: "length of the steps between fixes", run: DistanceCase.run),
      BenchmarkCase(name: "fences", summary: "the fences at a position", run: FenceCase.run),
      BenchmarkCase(name: "build", summary: "an index over fences, its time and memory", run: BuildCase.run),
      BenchmarkCase(name: "edit", summary: "one fence more or less", run: EditCase.run),
      BenchmarkCase(name: "real", summary: "the fences at a position, among real fences", run: RealCase.runSets),
      BenchmarkCase(name: "single", summary: "whether one polygon contains a position", run: RealCase.runSingle),
      BenchmarkCase(name: "steps", summary: "the fences that a step crosses", run: StepCase.run),
      BenchmarkCase(name: "meos", summary: "whole tracks at once: periods and stops", run: MeosCase.run),
      BenchmarkCase(
        name: "peers", summary: "parts of trip analytics against libraries that have them", run: PeerCase.run),
      BenchmarkCase(name: "trips", summary: "the engine without fences", run: EngineCase.runTrips),
      BenchmarkCase(name: "sampled", summary: "the engine with fences alone", run: EngineCase.runSampled),
      BenchmarkCase(name: "all", summary: "the live engine", run: EngineCase.runAll),
      BenchmarkCase(name: "scores", summary: "the live engine with scores of trips", run: EngineCase.runScores),
      BenchmarkCase(name: "rules", summary: "the live engine with a rule over all fences", run: EngineCase.runRules),
      BenchmarkCase(name: "all-decode", summary: "gzipped CSV to events", run: EngineCase.runWithDecoding),
      BenchmarkCase(name: "projection", summary: "coordinates through PROJ", run: ProjectionCase.run),
      BenchmarkCase(name: "soak", summary: "memory over time", run: SoakCase.run),
    ]
  }
}

/// Why a measurement cannot stand.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}
