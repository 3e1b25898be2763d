extension TripDetector {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&mode)
    try coder.code(&hasOpenStop)
    try coder.code(&isPause)
    try coder.code(&outsideFixes)
    try coder.code(&altitude)
    try coder.code(&fastFixes)
    try coder.code(&stopRadius)
    try anchor.code(&coder)
    try coder.code(&candidateStart)
    try stop.code(&coder)
    try coder.code(&tripStart)
    try tripPlace.code(&coder)
    try totals.code(&coder)
    try tail.code(&coder)
    try meter.code(&coder)
  }
}
