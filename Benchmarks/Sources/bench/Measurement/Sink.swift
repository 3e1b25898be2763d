/// Takes results so that the work for them cannot be left out.
@inline(never)
func consume(_ value: Double) {
  withUnsafePointer(to: value) { _ in }
}
