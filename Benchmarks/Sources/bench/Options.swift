/// What the command line asks for.
enum Options {
  case help
  case measure([BenchmarkCase], isQuick: Bool, isMarkdown: Bool, json: String?)
  case count(CountRun.Case, fixes: Int)

  static var usage: String {
    let cases = BenchmarkCase.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n")
    return """
      bench [--case NAME] [--quick] [--markdown] [--json FILE]   measure and print a table
      bench count CASE --fixes N                    run a case without a clock, to be counted from outside

      cases:
      \(cases)
      cases that can be counted: \(CountRun.Case.allCases.map(\.rawValue).joined(separator: ", "))
      """
  }

  init(_ arguments: ArraySlice<String>) throws {
    var words = arguments
    func value(of option: String) throws -> String {
      guard let value = words.popFirst() else { throw BenchmarkError(description: "\(option) needs a value") }
      return value
    }
    if words.first == "count" {
      words.removeFirst()
      let name = try value(of: "count")
      guard let chosen = CountRun.Case(rawValue: name), try value(of: name) == "--fixes",
        let fixes = Int(try value(of: "--fixes")), words.isEmpty
      else { throw BenchmarkError(description: "not understood; see bench --help") }
      self = .count(chosen, fixes: fixes)
      return
    }
    var cases = BenchmarkCase.all
    var isQuick = false
    var isMarkdown = false
    var json: String?
    while let word = words.popFirst() {
      switch word {
      case "--help":
        self = .help
        return
      case "--quick": isQuick = true
      case "--markdown": isMarkdown = true
      case "--json": json = try value(of: word)
      case "--case":
        let name = try value(of: word)
        cases = BenchmarkCase.all.filter { $0.name == name }
        guard !cases.isEmpty else { throw BenchmarkError(description: "there is no case \(name); see bench --help") }
      default: throw BenchmarkError(description: "\(word) is not understood; see bench --help")
      }
    }
    self = .measure(cases, isQuick: isQuick, isMarkdown: isMarkdown, json: json)
  }
}
