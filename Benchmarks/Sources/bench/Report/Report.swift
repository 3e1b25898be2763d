import Foundation

/// Prints rows as a table and writes them as JSON.
struct Report {
  var rows: [Row] = []

  private static let headings = [
    "case", "workload", "unit", "p10", "median", "M/s", "baseline", "p10", "median", "ratio", "target", "met",
  ]

  /// The table, columns aligned.
  var table: String {
    var lines = [Self.headings]
    for row in rows { lines.append(Self.cells(row)) }
    let widths = Self.headings.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let texts = lines.map { cells in
      cells.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return [3, 4, 5, 7, 8, 9].contains(column) ? padding + cell : cell + padding
      }.joined(separator: "  ")
    }
    let notes = rows.compactMap { row in row.note.map { "\(row.name), \(row.workload): \($0)" } }
    return (texts + (notes.isEmpty ? [] : [""] + notes)).joined(separator: "\n")
  }

  /// The table in Markdown, a figure a row with its baseline and its goal.
  var markdown: String {
    let lines = rows.map { row -> String in
      let unit = row.unit == "ratio" ? "" : " \(row.unit)"
      func figures(_ quantiles: Quantiles) -> String {
        let (p10, median) = (Self.short(quantiles.p10), Self.short(quantiles.median))
        return (p10 == median ? p10 : "\(p10), \(median)") + unit
      }
      let baseline = row.baseline.map { "\(row.baselineName ?? ""): \(figures($0))" } ?? ""
      let goal = row.target.map { "\($0)" } ?? ""
      let met = row.isMet.map { $0 ? "met" : "**missed**" } ?? ""
      return
        "| `\(row.name)` | \(row.workload) | \(figures(row.ours)) | \(baseline) | \(row.ratio.map { Self.short($0) + "×" } ?? "") | \(goal.replacing("x", with: "×")) | \(met) |"
    }
    let head =
      "| case | on what | ours: 10th percentile, median | baseline | ratio of the first | goal | |\n| --- | --- | --- | --- | --- | --- | --- |"
    return ([head] + lines).joined(separator: "\n")
  }

  /// Writes the rows to a file.
  func writeJSON(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(rows).write(to: URL(fileURLWithPath: path))
  }

  private static func cells(_ row: Row) -> [String] {
    [
      row.name, row.workload, row.unit, short(row.ours.p10), short(row.ours.median),
      row.unit.hasPrefix("ns/") ? short(row.rate / 1e6) : "", row.baselineName ?? "",
      row.baseline.map { short($0.p10) } ?? "", row.baseline.map { short($0.median) } ?? "",
      row.ratio.map { short($0) + "x" } ?? "", row.target?.description ?? "",
      row.isMet.map { $0 ? "yes" : "NO" } ?? "",
    ]
  }

  /// A number with as many places as it deserves.
  static func short(_ value: Double) -> String {
    let places = abs(value) >= 100 || value == value.rounded() ? 0 : abs(value) >= 10 ? 1 : 2
    return String(format: "%.\(places)f", value)
  }
}
