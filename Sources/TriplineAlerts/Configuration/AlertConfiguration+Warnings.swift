public import TriplineCore

extension AlertConfiguration {
  /// What in a file can be read and yet can hardly be meant, a sentence each: rules that name fences which are not there, and rules
  /// about fences where there are none, or about fences in which no vehicle can ever be as far inside as they ask for.
  public func warnings(with fences: FenceSet) -> [String] {
    let about = rules.filter(\.trigger.isOfFences)
    if fences.count == 0, let first = about.first {
      return ["\(first.name) is about fences, and there are none; name some by fences or fence_files"]
    }
    let ids = Set(fences.ids)
    let tags = Set((0..<UInt32(fences.count)).flatMap { fences.tags(of: $0) })
    return about.flatMap { rule -> [String] in
      let missing =
        switch rule.fences {
        case .all: [] as [String]
        case .ids(let names): names.subtracting(ids).map { "id \($0)" }
        case .tags(let names):
          names.subtracting(tags).map { tag in
            FenceSets.name(ofTag: tag).map { "set \($0): no file of fence_files has that name" } ?? "tag \(tag)"
          }
        }
      return missing.sorted().map { "\(rule.name): no fence has the \($0)" } + tooSmall(for: rule, fences)
    }
  }

  /// A sentence on the fences that are smaller than the margin of a rule, where there are any.
  private func tooSmall(for rule: AlertRule, _ fences: FenceSet) -> [String] {
    let margin = rule.conditions.enter.margin
    guard rule.trigger.isOfStays, margin > 0 else { return [] }
    let small = (0..<UInt32(fences.count)).filter {
      rule.fences.contains($0, of: fences) && !fences.mayHold(margin: margin, in: $0)
    }
    guard let first = small.first else { return [] }
    let which =
      small.count == 1
      ? "the fence \(fences.id(of: first)) is" : "\(small.count) fences, as \(fences.id(of: first)), are"
    return [
      "\(rule.name): \(which) too small for anybody to be \(Int(margin.rounded())) m inside, and so no entry is told; give a smaller "
        + "enter: {margin: …}"
    ]
  }

  /// Names that annotations ask for and alerts do not have, a sentence each: nothing is written in their places.
  public var annotationWarnings: [String] {
    rules.flatMap { rule -> [String] in
      let labels = Set(rule.labels.keys).union(["alertname", "vehicle", "fence", "other"])
      let names = TemplateNames.known + labels.sorted().map { "labels.\($0)" }
      return rule.annotations.sorted { $0.key < $1.key }.flatMap { annotation in
        TemplateNames.unknown(in: annotation.value, labels: labels).map { name in
          "\(rule.name): the annotation \(annotation.key) asks for \(name), which no alert has; there are "
            + names.joined(separator: ", ") + NearestName.hint(name, among: names)
        }
      }
    }
  }
}
