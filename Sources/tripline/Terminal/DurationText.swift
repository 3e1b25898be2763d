import ArgumentParser

/// A length of time as an argument: a number and `ms`, `s`, `m`, `h` or `d`.
struct DurationText: ExpressibleByArgument, CustomStringConvertible {
  let milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  init?(argument: String) {
    let units: [(String, Double)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
    for (unit, factor) in units where argument.hasSuffix(unit) {
      guard let number = Double(argument.dropLast(unit.count)), number >= 0, number * factor < 1e15 else { continue }
      milliseconds = Int64((number * factor).rounded())
      return
    }
    return nil
  }

  var description: String {
    for (unit, factor) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
    where milliseconds > 0 && milliseconds.isMultiple(of: factor) {
      return "\(milliseconds / factor)\(unit)"
    }
    return "\(milliseconds)ms"
  }
}
