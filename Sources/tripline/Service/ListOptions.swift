import ArgumentParser

/// The options of lists that grow.
struct ListOptions: ParsableArguments {
  @Option(help: "At most so many, the last ones.")
  var limit = 100

  @Option(name: .shortAndLong, help: "table or ndjson.")
  var output = ListFormat.table

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit takes a number above 0") }
  }
}
