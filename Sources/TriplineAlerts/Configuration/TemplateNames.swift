/// The names that a template of an annotation asks for.
enum TemplateNames {
  /// What there is of every alert, besides its labels.
  static let known = ["vehicle.id", "vehicle.name", "fence.id", "fence.name", "other.id", "other.name", "reason"]

  /// Names that an alert does not have, in their order; in their places stands nothing.
  ///
  /// - Parameters:
  ///   - text: the template.
  ///   - labels: the names of the labels that alerts have.
  static func unknown(in text: String, labels: Set<String>) -> [String] {
    var (unknown, sections): ([String], [String]) = ([], [])
    for part in text.split(separator: "{{", omittingEmptySubsequences: false).dropFirst() {
      guard let end = part.firstRange(of: "}}") else { continue }
      var tag = part[..<end.lowerBound].drop { $0.isWhitespace }
      guard let sign = tag.first else { continue }
      switch sign {
      case "!", ">", "<", "=", "$", "%": continue
      case "/":
        _ = sections.popLast()
        continue
      case "#", "^", "&", "{": tag = tag.dropFirst().drop { $0.isWhitespace }
      default: break
      }
      // A name may stand in the parentheses of what is done to it.
      let name = String((tag.split(separator: "(").last ?? "").prefix { !$0.isWhitespace && $0 != ")" })
      if !isKnown(name, labels), !sections.contains(where: { isKnown("\($0).\(name)", labels) }), name != "." {
        unknown.append(name)
      }
      if sign == "#" || sign == "^" { sections.append(name) }
    }
    return unknown
  }

  private static func isKnown(_ name: String, _ labels: Set<String>) -> Bool {
    known.contains(name) || ["vehicle", "fence", "other", "labels"].contains(name)
      || name.hasPrefix("labels.") && labels.contains(String(name.dropFirst("labels.".count)))
  }
}
