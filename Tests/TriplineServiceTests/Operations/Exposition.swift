/// A strict reader of the text format of Prometheus, version 0.0.4, for what the tests look at.
struct Exposition {
  /// What a text is not to have.
  struct Mistake: Error {
    /// The line.
    var line: String
    /// What is wrong with it.
    var reason: String
  }

  /// One line with a number.
  struct Sample: Hashable {
    /// The name.
    var name: String
    /// The labels.
    var labels: [String: String]
    /// The number.
    var value: Double
  }

  /// The samples in their order.
  private(set) var samples: [Sample] = []
  /// The types of metrics by their names.
  private(set) var types: [String: String] = [:]
  /// The names of metrics in their order.
  private(set) var names: [String] = []
  /// What metrics are for, as it is written.
  private(set) var helps: [String: String] = [:]

  /// Reads a text: each metric has one HELP, then one TYPE, then its samples, and nothing comes twice.
  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Mistake(line: "", reason: "the last line has no end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) {
      let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      if line.hasPrefix("# HELP ") {
        guard words.count == 4, !names.contains(words[2]) else { throw Mistake(line: line, reason: "help twice") }
        names.append(words[2])
        helps[words[2]] = words[3]
      } else if line.hasPrefix("# TYPE ") {
        guard words.count == 4, names.last == words[2], types[words[2]] == nil,
          ["counter", "gauge", "histogram"].contains(words[3])
        else { throw Mistake(line: line, reason: "a type without its help") }
        types[words[2]] = words[3]
      } else {
        samples.append(try sample(line))
      }
    }
    let keys = samples.map { Sample(name: $0.name, labels: $0.labels, value: 0) }
    guard Set(keys).count == keys.count else { throw Mistake(line: "", reason: "a sample is there twice") }
  }

  /// The number of a sample.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private func sample(_ line: String) throws -> Sample {
    func mistake(_ reason: String) -> Mistake { Mistake(line: line, reason: reason) }
    var rest = line[...]
    let name = take(&rest)
    guard !name.isEmpty, let metric = names.last, let type = types[metric] else { throw mistake("no metric") }
    let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
    guard suffixes.contains(where: { metric + $0 == name }) else { throw mistake("a sample of another metric") }
    var labels: [String: String] = [:]
    if rest.first == "{" {
      repeat {
        rest.removeFirst()
        let label = take(&rest)
        guard !label.isEmpty, rest.hasPrefix("=\""), labels[label] == nil else { throw mistake("no label") }
        rest.removeFirst(2)
        labels[label] = try quoted(&rest, line)
      } while rest.first == ","
      guard rest.first == "}" else { throw mistake("the labels have no end") }
      rest.removeFirst()
    }
    guard rest.first == " " else { throw mistake("no space before the number") }
    let number = rest.dropFirst()
    guard let value = number == "+Inf" ? .infinity : Double(number) else { throw mistake("no number") }
    return Sample(name: name, labels: labels, value: value)
  }

  private func take(_ rest: inout Substring) -> String {
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  private func quoted(_ rest: inout Substring, _ line: String) throws -> String {
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return value
      case "\\":
        switch rest.popFirst() {
        case "n": value.append("\n")
        case "\\": value.append("\\")
        case "\"": value.append("\"")
        default: throw Mistake(line: line, reason: "an escape that there is not")
        }
      default: value.append(character)
      }
    }
    throw Mistake(line: line, reason: "a value has no end")
  }
}
