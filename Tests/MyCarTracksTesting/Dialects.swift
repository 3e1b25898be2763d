public import MyCarTracksSandbox

/// Every dialect: the presets, and the canonical one with each switch in each position.
public let dialects: [String: Dialect] = {
  var all = ["A": Dialect.a, "B": Dialect.b, "C": Dialect.c]
  for (name, values, _) in Dialect.switches {
    for value in name == "limitCap" ? ["7"] : values {
      var dialect = Dialect.a
      guard dialect.set("\(name)=\(value)") == nil, dialect != .a else { continue }
      all["\(name)=\(value)"] = dialect
    }
  }
  return all
}()
