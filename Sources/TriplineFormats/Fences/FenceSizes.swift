/// How far points and lines reach, in metres, where their own properties do not say.
struct FenceSizes {
  /// The radius of points.
  var radius: Double?
  /// The width of lines, half of it to each side.
  var width: Double?
}
