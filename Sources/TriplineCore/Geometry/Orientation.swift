/// On which side of a line a point lies, without rounding error.
///
/// A floating-point filter answers nearly always; when the value is smaller than its error bound the determinant is
/// summed exactly (both after Shewchuk, Adaptive Precision Floating-Point Arithmetic, Discrete & Computational
/// Geometry 18, 1997).
enum Orientation {
  /// (3 + 16ε)ε with ε = 2^-53: the bound of the filter's error relative to the sum of the two products.
  private static let filterBound = 3.330_669_073_875_471_6e-16

  /// Positive where `a`, `b`, `c` turn to the left, negative where they turn to the right, 0 exactly where the three
  /// lie on one line. Only the sign is exact.
  @inline(__always)
  static func sign(_ a: PlanarPoint, _ b: PlanarPoint, _ c: PlanarPoint) -> Double {
    let left = (a.x - c.x) * (b.y - c.y)
    let right = (a.y - c.y) * (b.x - c.x)
    let determinant = left - right
    if abs(determinant) > filterBound * (abs(left) + abs(right)) { return determinant }
    return exactSign(a, b, c)
  }

  /// Whether `p` lies on the closed segment from `a` to `b`.
  @inline(__always)
  static func isOn(_ p: PlanarPoint, _ a: PlanarPoint, _ b: PlanarPoint) -> Bool {
    (a.x <= b.x ? (a.x <= p.x && p.x <= b.x) : (b.x <= p.x && p.x <= a.x))
      && (a.y <= b.y ? (a.y <= p.y && p.y <= b.y) : (b.y <= p.y && p.y <= a.y))
      && sign(a, b, p) == 0
  }

  /// Whether the segment from `p` to `q` crosses the edge from `a` to `b`, so that an odd number of crossings tells
  /// that one end lies inside and the other outside. A corner on the line counts with the left side, which gives one
  /// crossing for a line through a corner and none or two for one that touches it.
  ///
  /// - Precondition: neither `p` nor `q` lies on the edge.
  @inline(__always)
  static func crosses(_ p: PlanarPoint, _ q: PlanarPoint, _ a: PlanarPoint, _ b: PlanarPoint) -> Bool {
    if (sign(p, q, a) >= 0) == (sign(p, q, b) >= 0) { return false }
    return (sign(a, b, p) > 0) != (sign(a, b, q) > 0)
  }

  /// The sign of the determinant as the exact sum of its six products.
  @inline(never)
  private static func exactSign(_ a: PlanarPoint, _ b: PlanarPoint, _ c: PlanarPoint) -> Double {
    var sum = ExactSum()
    sum.add(a.x, b.y)
    sum.add(-a.x, c.y)
    sum.add(-c.x, b.y)
    sum.add(-a.y, b.x)
    sum.add(a.y, c.x)
    sum.add(c.y, b.x)
    return sum.sign
  }
}

/// A sum of products kept as a non-overlapping expansion, smallest component first.
private struct ExactSum {
  private var components = InlineArray<12, Double>(repeating: 0)
  private var count = 0

  /// Adds `x * y` exactly.
  mutating func add(_ x: Double, _ y: Double) {
    let product = x * y
    add((-product).addingProduct(x, y))
    add(product)
  }

  /// The largest component, whose sign is the sign of the sum.
  var sign: Double { count == 0 ? 0 : components[count - 1] }

  private mutating func add(_ value: Double) {
    var carry = value
    var kept = 0
    for index in 0..<count {
      let component = components[index]
      let sum = carry + component
      let virtual = sum - carry
      let rest = (carry - (sum - virtual)) + (component - virtual)
      if rest != 0 {
        components[kept] = rest
        kept += 1
      }
      carry = sum
    }
    if carry != 0 {
      components[kept] = carry
      kept += 1
    }
    count = kept
  }
}
