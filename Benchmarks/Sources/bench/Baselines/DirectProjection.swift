import CProj
import TriplineCore

/// PROJ called as a C program would.
struct DirectProjection: ~Copyable {
  private let context: OpaquePointer
  private let transformation: OpaquePointer

  init(from source: String, to target: String) {
    guard let context = proj_context_create(), let raw = proj_create_crs_to_crs(context, source, target, nil),
      let transformation = proj_normalize_for_visualization(context, raw)
    else { preconditionFailure("PROJ does not know \(source) or \(target)") }
    proj_destroy(raw)
    self.context = context
    self.transformation = transformation
  }

  deinit {
    proj_destroy(transformation)
    proj_context_destroy(context)
  }

  func transform(_ points: inout [Projection.Point]) {
    let stride = MemoryLayout<Projection.Point>.stride
    points.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      let count = bytes.count / stride
      func column(_ offset: Int) -> UnsafeMutablePointer<Double> {
        (base + offset).assumingMemoryBound(to: Double.self)
      }
      proj_trans_generic(
        transformation, PJ_FWD, column(0), stride, count, column(8), stride, count, column(16), stride, count, nil, 0,
        0)
    }
  }
}
