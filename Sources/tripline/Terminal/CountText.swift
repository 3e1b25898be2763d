/// Numbers with the names of what they count.
enum CountText {
  /// Such as `1 rule` and `2 rules`; the name of several is that of one with an s unless given.
  static func text(_ count: Int, _ one: String, _ several: String? = nil) -> String {
    "\(count) \(count == 1 ? one : several ?? one + "s")"
  }
}
