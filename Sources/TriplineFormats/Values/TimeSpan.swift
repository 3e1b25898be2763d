/// A length of time as text for people.
public enum TimeSpan {
  /// The two largest units of a length of time in milliseconds, like `2 h 5 min`.
  public static func text(_ milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds / 60 % 60) min"
  }
}
