import TriplineFormats

/// Results of tests in the XML of JUnit, as CI systems read it.
struct JUnitReport {
  private var cases: [(file: String, test: String, problems: [String])] = []

  /// How many tests there are.
  var count: Int { cases.count }
  /// How many of them have failed.
  var failures: Int { cases.count { !$0.problems.isEmpty } }

  /// Adds a test.
  mutating func add(file: String, test: String, problems: [String]) { cases.append((file, test, problems)) }

  /// The document.
  var text: String {
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites tests="\(count)" failures="\(failures)">
      <testsuite name="tripline test" tests="\(count)" failures="\(failures)">

      """
    for result in cases {
      let head = "<testcase classname=\"\(XMLText.escaped(result.file))\" name=\"\(XMLText.escaped(result.test))\""
      let body = result.problems.map { "<failure message=\"\(XMLText.escaped($0))\"/>" }
      text += body.isEmpty ? head + "/>\n" : head + ">\n" + body.joined(separator: "\n") + "\n</testcase>\n"
    }
    return text + "</testsuite>\n</testsuites>\n"
  }
}
